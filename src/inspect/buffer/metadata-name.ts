import { createHash } from 'node:crypto'

/** In the folder beside a log: the file with all metadata of a sample that is over. `hash`: the SHA-256 of what is in it. */
export function metadataName(id: string, epoch: number, hash: string): string {
  // Inspect's own JSON of the two.
  const key = JSON.stringify([id, epoch], undefined, 2)
  return `metadata.${createHash('sha256').update(key).digest('hex')}.${hash}.json`
}

/** In place of a hash: the summary has all of it. */
export const inSummary = 'summary'
