import { constants } from 'node:fs'
import { copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EvalspanError } from '../../errors.ts'
import { hasEnded, parseWriter, thisWriter, type FolderWriter } from '../../inspect/buffer/folder-writer.ts'
import { shortUuid } from '../short-uuid.ts'

/**
 * Takes the folder of a set for this call: two that work on it at once would take each other's logs for attempts that failed,
 * and remove them. One that was killed, or is where it cannot be seen, keeps nobody out. Returns what gives it back; rejects
 * with a `BAD_OPTION` error.
 */
export async function lockSet(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, '.eval-set-lock')
  const text = JSON.stringify(thisWriter())
  const other = await take(path, text)
  if (other) {
    const who = other.pid === process.pid ? 'this process' : `process ${other.pid}`
    throw new EvalspanError(
      'BAD_OPTION',
      `logDir: ${who} works on the eval set in ${folder}; wait for it, or give another folder`,
    )
  }
  return async () => {
    // Somebody may have taken it over who could not see this process.
    if ((await textOf(path)) === text) await rm(path, { force: true })
  }
}

/** Makes the file, whole from the first moment. Gives who has it when somebody has. */
async function take(path: string, text: string): Promise<FolderWriter | undefined> {
  const own = `${path}.${shortUuid()}`
  await writeFile(own, text)
  try {
    while (!(await isPut(own, path))) {
      const other = holderIn(await textOf(path))
      if (other) return other
      // Of those who find it left behind one at a time puts theirs in its place, and looks once more before.
      const turn = `${path}.next`
      const before = await take(turn, text)
      if (before) return before
      try {
        const now = await textOf(path)
        const sooner = holderIn(now)
        if (sooner) return sooner
        if (now === undefined) continue
        await rename(own, path)
        return undefined
      } finally {
        await rm(turn, { force: true })
      }
    }
    return undefined
  } finally {
    await rm(own, { force: true })
  }
}

/** Who has the file of this text, as far as can be seen. */
function holderIn(text: string | undefined): FolderWriter | undefined {
  const writer = text === undefined ? undefined : parseWriter(text)
  return writer && hasEnded(writer) === false ? writer : undefined
}

/** Undefined when there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: unknown) => ifCode(error, 'ENOENT', undefined))
}

/** False when there is one already. */
async function isPut(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path).catch(async (error: unknown) => {
      if (!withoutLinks.has(codeOf(error))) throw error
      await copyFile(file, path, constants.COPYFILE_EXCL)
    })
    return true
  } catch (error) {
    return ifCode(error, 'EEXIST', false)
  }
}

/** What file systems say that have no hard links. */
const withoutLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

function ifCode<T>(error: unknown, code: string, value: T): T {
  if (codeOf(error) !== code) throw error
  return value
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
