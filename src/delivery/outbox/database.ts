import { chmodSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { EvalspanError } from '../../errors.ts'
import { loadSqlite } from '../../load-sqlite.ts'
import { migrations } from './schema.ts'

/** Primary result codes: https://sqlite.org/rescode.html */
const corrupt = 11
const full = 13
const cannotWrite = 10
const notADatabase = 26

/** Another process may hold the lock for as long as one of its transactions takes, which is milliseconds. */
const busyMs = 10_000
/** Other processes may find the same damage at the same time. */
const mostTries = 4
/** A larger file takes long to check; what is damaged in it shows when it is used. */
const mostToCheck = 16 * 2 ** 20

/**
 * Opens the database file, new or of an earlier version, private to its owner; `:memory:` is none. A file that is no
 * database or damaged is set aside under another name, and `onSetAside` is told.
 */
export async function openDatabase(path: string, onSetAside: (message: string) => void): Promise<DatabaseSync> {
  for (let tries = 1; ; tries += 1) {
    const file = fileAt(path)
    try {
      // Each try depends on the one before.
      // oxlint-disable-next-line no-await-in-loop
      return await openAndMigrate(path)
    } catch (error) {
      if (!isCorrupt(error) || tries === mostTries) throw error
      const message = setAside(path, file, error)
      if (message !== undefined) onSetAside(message)
    }
  }
}

/** Which file that is, as long as it is not deleted. */
export function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** Opens the file without changing anything, but for tables of an earlier version. Undefined: there is none, or nothing in it. */
export async function openToRead(path: string): Promise<DatabaseSync | undefined> {
  if (!existsSync(path)) return undefined
  const { DatabaseSync } = await loadSqlite()
  const database = new DatabaseSync(path, { timeout: busyMs, readOnly: true })
  try {
    const version = versionOf(database)
    if (version === migrations.length) return database
    refuseNewer(version)
    database.close()
    return version === 0 ? undefined : await openAndMigrate(path)
  } catch (error) {
    if (database.isOpen) database.close()
    throw error
  }
}

async function openAndMigrate(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite()
  const inMemory = path === ':memory:'
  // SQLite would make it with the mode that the umask leaves; its two companions get the mode of the file.
  if (!inMemory && !existsSync(path)) writeFileSync(path, '', { mode: 0o600, flag: 'a' })
  const database = new DatabaseSync(path, { timeout: busyMs })
  try {
    if (!inMemory) {
      refuseNewer(versionOf(database))
      chmodSync(path, 0o600)
      prepareFile(database, path)
    }
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function prepareFile(database: DatabaseSync, path: string): void {
  // Before there are tables, so that space is given back once all is delivered.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string }
  if (mode !== 'wal') throw new Error(`write-ahead logging does not work there (journal mode is ${mode})`)
  // A killed process loses nothing that was committed; a power failure may lose the last moments, never the file.
  database.exec(
    'PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 33554432; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8000',
  )
  if (statSync(path).size > mostToCheck) return
  const { quick_check: state } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
  if (state !== 'ok') throw new DamagedError(state)
}

class DamagedError extends Error {}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have been quicker.
    const version = versionOf(database)
    refuseNewer(version)
    for (const sql of migrations.slice(version)) database.exec(sql)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function refuseNewer(version: number): void {
  if (version <= migrations.length) return
  throw new EvalspanError(
    'BAD_OPTION',
    `the outbox was written by a newer evalspan (its schema is ${version}, this one knows ${migrations.length}): ` +
      'update evalspan, or set EVALSPAN_OUTBOX to another folder',
  )
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

/** The file is no database, or damaged: nothing can be done with it here. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof DamagedError || [corrupt, notADatabase].includes(codeOf(error))
}

/** There is no room left on the disk: SQLite says so, or that it could not write. */
export function isFull(error: unknown): boolean {
  return [full, cannotWrite].includes(codeOf(error))
}

/** What SQLite says, as against a fault of ours. */
export function isStorageError(error: unknown): boolean {
  return codeOf(error) > 0
}

function codeOf(error: unknown): number {
  const { errcode } = error as { readonly errcode?: unknown }
  return typeof errcode === 'number' ? errcode & 0xff : 0
}

/**
 * Renames the file and its companions, and gives the sentence that says so; undefined when it is that file no longer,
 * because another process was quicker.
 */
export function setAside(path: string, file: number | undefined, cause: unknown): string | undefined {
  if (file === undefined || fileAt(path) !== file) return undefined
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const aside = `${path}.corrupt-${stamp}-${process.pid}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return `the outbox was damaged (${reason}): it is set aside as ${aside}, and a new one is begun`
}
