import { rmSync, statSync } from 'node:fs'
import { chmod, constants, copyFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../../load-sqlite.ts'

/** A copy of a database that is closed with it. */
export interface DatabaseCopy {
  readonly database: DatabaseSync
  /** In bytes, of all that was copied. */
  readonly size: number
  close(): void
}

/**
 * A copy of a database with what belongs to it, of one moment, for its owner alone. It holds prompts, so it has no name
 * any more once it is open, and nothing is left of it whatever becomes of the process; on Windows it goes when it is
 * closed. Undefined when the database was written again and again meanwhile.
 */
export async function openCopy(path: string): Promise<DatabaseCopy | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'evalspan-buffer-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'copy.db')
    const size = await copyQuiet(path, copy)
    if (size === undefined) {
      remove()
      return undefined
    }
    const { DatabaseSync } = await loadSqlite()
    const database = new DatabaseSync(copy)
    const close = (): void => {
      database.close()
      remove()
    }
    try {
      // Alone with it, SQLite needs no further file. It opens those that there are at the first read.
      database.exec('PRAGMA locking_mode = EXCLUSIVE; SELECT 1 FROM sqlite_master')
      if (process.platform !== 'win32') remove()
      return { database, size, close }
    } catch (error) {
      close()
      throw error
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** What is added to the log or the journal does no harm; the database itself must be the same before and after. */
async function copyQuiet(path: string, copy: string): Promise<number | undefined> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const before = stateOf(path)
    let size = 0
    for (const suffix of ['', '-wal', '-journal']) size += await copyOne(path + suffix, copy + suffix)
    if (stateOf(path) === before) return size
  }
  return undefined
}

const mostTries = 3

function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return [ino, size, mtimeNs].join(':')
}

/** Its size; 0 when there is none. */
async function copyOne(from: string, to: string): Promise<number> {
  rmSync(to, { force: true })
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
  await chmod(to, 0o600)
  return statSync(to).size
}
