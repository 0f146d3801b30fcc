import { fchmodSync, fstatSync } from 'node:fs'

/**
 * Takes a file that is open, and may have been there before, from all but its owner. Says what is wrong, without naming
 * the file, where others may read it all the same. What is no file, like a terminal or a pipe, stays as it is.
 */
export function keepPrivate(descriptor: number): string | undefined {
  const stats = fstatSync(descriptor)
  // Windows has no such rights.
  if (!stats.isFile() || !isOpenToOthers(stats) || process.getuid === undefined) return undefined
  const danger = `others may read what is written to it (its mode is ${(stats.mode & 0o777).toString(8)})`
  if (stats.uid !== process.getuid()) return `belongs to another user, and ${danger}`
  try {
    fchmodSync(descriptor, 0o600)
  } catch {
    // Looked at below: some file systems say that they did it.
  }
  return isOpenToOthers(fstatSync(descriptor)) ? `cannot be made private, and ${danger}` : undefined
}

function isOpenToOthers({ mode }: { readonly mode: number }): boolean {
  return (mode & 0o077) !== 0
}
