import {
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../../load-sqlite.ts'
import type { BufferSource } from './sample-buffer.ts'
import type { DatabasePlace } from './find-buffers.ts'
import { BufferRows } from './rows.ts'

/** Inspect's transactions take milliseconds. */
const busyMs = 5000

interface Opened {
  readonly database: DatabaseSync
  readonly rows: BufferRows
  /** What is read is a copy that was made of this. */
  readonly copied: string | undefined
  /** Another one after another connection changed something. */
  version: unknown
}

/**
 * A database of Inspect's, as it lies in Inspect's own folder: nothing there is written or made. SQLite would put files
 * beside a database in WAL mode that lacks them, and writes to them when their owner is gone, so only a database that is
 * in use is read where it lies; any other one is copied.
 */
export class DatabaseFile implements BufferSource {
  readonly #path: string
  readonly #alive: boolean
  #opened: Opened | undefined
  #folder: string | undefined
  #file: number | undefined

  constructor(place: DatabasePlace) {
    this.#path = place.path
    this.#alive = place.alive
  }

  async refresh(): Promise<{ readonly rows: BufferRows | undefined; readonly changed: boolean } | undefined> {
    const file = statSync(this.#path, { throwIfNoEntry: false })?.ino
    // Another file in its place is another run's.
    if (file === undefined || (this.#file !== undefined && file !== this.#file)) {
      this.close()
      return undefined
    }
    this.#file = file
    try {
      return await this.#look()
    } catch (error) {
      if (existsSync(this.#path)) throw error
      this.close()
      return undefined
    }
  }

  close(): void {
    this.#closeDatabase()
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  async #look(): Promise<{ readonly rows: BufferRows | undefined; readonly changed: boolean }> {
    const state = signature(this.#path)
    if (this.#opened?.copied !== undefined && this.#opened.copied !== state) this.#closeDatabase()
    const isNew = this.#opened === undefined
    this.#opened ??= await this.#open(state)
    if (!this.#opened) return { rows: undefined, changed: false }
    const version = this.#opened.database.prepare('PRAGMA data_version').get()?.['data_version']
    const changed = isNew || version !== this.#opened.version
    this.#opened.version = version
    return { rows: this.#opened.rows, changed }
  }

  /** Undefined: Inspect has only just made the file. */
  async #open(state: string): Promise<Opened | undefined> {
    const { DatabaseSync } = await loadSqlite()
    const inPlace = this.#alive && isInUse(this.#path)
    const database = inPlace
      ? new DatabaseSync(this.#path, { readOnly: true, timeout: busyMs })
      : new DatabaseSync(this.#copy(), { timeout: busyMs })
    try {
      if (isEmpty(database)) {
        database.close()
        return undefined
      }
      return { database, rows: new BufferRows(database), copied: inPlace ? undefined : state, version: undefined }
    } catch (error) {
      database.close()
      throw error
    }
  }

  #copy(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'evalspan-buffer-'))
    const copy = join(this.#folder, basename(this.#path))
    for (const suffix of ['', '-wal', '-journal']) {
      rmSync(copy + suffix, { force: true })
      if (existsSync(this.#path + suffix)) copyFileSync(this.#path + suffix, copy + suffix, constants.COPYFILE_FICLONE)
    }
    rmSync(`${copy}-shm`, { force: true })
    return copy
  }

  #closeDatabase(): void {
    this.#opened?.database.close()
    this.#opened = undefined
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_master').get() === undefined
}

/** What tells one state of the files from another. */
function signature(path: string): string {
  return ['', '-wal']
    .map((suffix) => {
      const stats = statSync(path + suffix, { throwIfNoEntry: false, bigint: true })
      return stats ? `${stats.size}:${stats.mtimeNs}` : ''
    })
    .join('|')
}

/** In WAL mode its companions are there while it is in use; in other modes, as on network drives, it has none. */
function isInUse(path: string): boolean {
  return isWal(path) ? existsSync(`${path}-wal`) && existsSync(`${path}-shm`) : !existsSync(`${path}-journal`)
}

/** https://sqlite.org/fileformat.html: 2 at these places of the header. */
function isWal(path: string): boolean {
  const header = Buffer.alloc(20)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, header.length, 0)
  } finally {
    closeSync(file)
  }
  return header[18] === 2 || header[19] === 2
}
