import { openFile } from '../../src/files/files.ts'
import { readZipDirectory } from '../../src/inspect/zip-directory.ts'
import { readZipMember } from '../../src/inspect/zip-member.ts'
import { writeZip } from './zip-writer.ts'

/** A finished `.eval` as it was while the run went on: without its last words, and with the samples that are named. */
export async function partOfLog(path: string, isThere: (member: string) => boolean): Promise<Buffer> {
  const file = await openFile(path)
  try {
    const members = await readZipDirectory(file)
    const kept = [...members.values()].filter(({ name }) => !lastWords.test(name) && isThere(name))
    return writeZip(
      await Promise.all(kept.map(async (member) => ({ name: member.name, data: await readZipMember(file, member) }))),
    )
  } finally {
    await file.close()
  }
}

/** Pieces of the summaries as well, which tell of samples that may be left out. */
const lastWords = /^(?:header|summaries|reductions|_journal\/summaries\/.*)\.json$/
