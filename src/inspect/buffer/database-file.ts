import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from '../../load-sqlite.ts'
import type { BufferSource } from './sample-buffer.ts'
import { openCopy } from './database-copy.ts'
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
  close(): void
}

/** A second for as much: what is written all the time is not copied all the time. Less is copied at each look. */
const bytesPerSecond = 10_000_000

/**
 * A database of Inspect's, as it lies in Inspect's own folder: nothing there is written or made. SQLite would put files
 * beside a database in WAL mode that lacks them, and writes to them when their owner is gone, so only a database that is
 * in use is read where it lies; any other one is copied.
 */
export class DatabaseFile implements BufferSource {
  readonly #path: string
  readonly #alive: boolean
  #opened: Opened | undefined
  /** Not before then is it copied again, as `performance.now()` tells it. */
  #nextCopy = 0
  #closed = false
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
    this.#closed = true
    this.#opened?.close()
    this.#opened = undefined
  }

  async #look(): Promise<{ readonly rows: BufferRows | undefined; readonly changed: boolean }> {
    const before = this.#opened
    if (!before || (before.copied !== undefined && before.copied !== signature(this.#path))) {
      const opened = await this.#open()
      // It may have been closed meanwhile.
      if (this.#closed) {
        opened?.close()
        return { rows: undefined, changed: false }
      }
      if (opened) {
        before?.close()
        this.#opened = opened
      }
    }
    const opened = this.#opened
    if (!opened) return { rows: undefined, changed: false }
    const version = opened.database.prepare('PRAGMA data_version').get()?.['data_version']
    const changed = opened !== before || version !== opened.version
    opened.version = version
    return { rows: opened.rows, changed }
  }

  /** Undefined: Inspect has only just made the file, or it is not to be copied now. */
  async #open(): Promise<Opened | undefined> {
    const opened = this.#alive && isInUse(this.#path) ? await this.#openInPlace() : await this.#openCopy()
    if (!opened) return undefined
    const { database, copied, close } = opened
    try {
      if (!isEmpty(database)) return { database, rows: new BufferRows(database), copied, version: undefined, close }
    } catch (error) {
      close()
      throw error
    }
    close()
    return undefined
  }

  async #openInPlace(): Promise<Pick<Opened, 'database' | 'copied' | 'close'>> {
    const { DatabaseSync } = await loadSqlite()
    const database = new DatabaseSync(this.#path, { readOnly: true, timeout: busyMs })
    return { database, copied: undefined, close: () => database.close() }
  }

  async #openCopy(): Promise<Pick<Opened, 'database' | 'copied' | 'close'> | undefined> {
    if (performance.now() < this.#nextCopy) return undefined
    // What is written while it is copied may be missing in it.
    const copied = signature(this.#path)
    const copy = await openCopy(this.#path)
    if (!copy) return undefined
    this.#nextCopy = performance.now() + Math.floor(copy.size / bytesPerSecond) * 1000
    return { database: copy.database, copied, close: () => copy.close() }
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
