import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EvalspanError } from '../errors.ts'
import { hasEnded, readWriter, thisWriter } from '../inspect/buffer/folder-writer.ts'

const name = '.eval-set-lock'

/**
 * Takes the folder of a set for this call: two that work on it at once would take each other's logs for attempts that failed,
 * and remove them. One that was killed, or is where it cannot be seen, keeps nobody out. Returns what gives it back; rejects
 * with a `BAD_OPTION` error.
 */
export async function lockSet(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, name)
  const text = JSON.stringify(thisWriter())
  const isTaken = await writeFile(path, text, { flag: 'wx' }).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return true
      throw error
    },
  )
  if (isTaken) {
    const other = await readWriter(folder, name)
    if (other && hasEnded(other) === false) {
      const who = other.pid === process.pid ? 'this process' : `process ${other.pid}`
      throw new EvalspanError(
        'BAD_OPTION',
        `logDir: ${who} works on the eval set in ${folder}; wait for it, or give another folder`,
      )
    }
    await writeFile(path, text)
  }
  return async () => {
    // Somebody may have taken it over who could not see this process.
    if ((await readFile(path, 'utf8').catch(() => '')) === text) await rm(path, { force: true })
  }
}
