import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'

/** The tables as Inspect 0.3.285 makes them (`log/_recorders/buffer/database.py`). */
const schema = `
  CREATE TABLE task_database (version INTEGER PRIMARY KEY DEFAULT 1, metrics TEXT DEFAULT '[]',
    last_updated DATETIME DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE samples (id TEXT, epoch INTEGER, data TEXT, sample_metadata TEXT, sample_metadata_hash TEXT,
    PRIMARY KEY (id, epoch));
  CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT, sample_id TEXT, sample_epoch INTEGER, data TEXT);
  CREATE TABLE attachments (id INTEGER PRIMARY KEY AUTOINCREMENT, sample_id TEXT, sample_epoch INTEGER, hash TEXT,
    content TEXT, UNIQUE(sample_id, sample_epoch, hash));
  CREATE INDEX idx_events_sample ON events(sample_id, sample_epoch);
  INSERT INTO task_database (version) VALUES (1);`

const pools = `
  CREATE TABLE message_pool (id INTEGER PRIMARY KEY AUTOINCREMENT, sample_id TEXT, sample_epoch INTEGER, msg_id TEXT,
    data TEXT, UNIQUE(sample_id, sample_epoch, msg_id));
  CREATE TABLE call_pool (id INTEGER PRIMARY KEY AUTOINCREMENT, sample_id TEXT, sample_epoch INTEGER, hash TEXT, data TEXT,
    UNIQUE(sample_id, sample_epoch, hash));`

export interface WrittenBufferOptions {
  readonly logName?: string
  readonly pid?: number
  readonly wal?: boolean
  /** Of the log's folder, where that is not on the disk. */
  readonly address?: string
  /** As before pools came, in the middle of 2026. */
  readonly old?: boolean
}

/** A log's buffer that this test writes, as a running Inspect does. */
export class WrittenBuffer {
  readonly root: string
  readonly logPath: string
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  readonly database: DatabaseSync

  constructor({
    logName = '2026-11-27T10-00-00_t_8Tw9ZfLR3HzGYUeNLPCRbk.eval',
    ...options
  }: WrittenBufferOptions = {}) {
    this.root = temporaryFolder()
    const logs = join(this.root, 'logs')
    mkdirSync(logs)
    this.logPath = join(logs, logName)
    writeFileSync(this.logPath, '')
    this.env = { XDG_DATA_HOME: join(this.root, 'data') }
    const hash = createHash('sha256')
      .update(options.address ?? `file://${logs}`)
      .digest('hex')
    const folder = join(this.root, 'data/inspect_ai/samplebuffer', hash)
    mkdirSync(folder, { recursive: true })
    this.path = join(folder, `${logName}.${options.pid ?? process.pid}.db`)
    this.database = new DatabaseSync(this.path)
    this.database.exec(`PRAGMA journal_mode = ${options.wal === false ? 'DELETE' : 'WAL'}; PRAGMA synchronous = OFF`)
    this.database.exec(options.old ? schema.replace(', sample_metadata TEXT, sample_metadata_hash TEXT', '') : schema)
    if (!options.old) this.database.exec(pools)
    onTestFinished(() => {
      if (this.database.isOpen) this.database.close()
    })
  }

  sample(summary: { readonly id: string | number; readonly epoch?: number; readonly [name: string]: unknown }): void {
    this.#insert(
      'samples (id, epoch, data)',
      String(summary.id),
      summary.epoch ?? 1,
      JSON.stringify({ epoch: 1, ...summary }),
    )
  }

  event(id: string | number, event: object | string, epoch = 1): void {
    const data = typeof event === 'string' ? event : JSON.stringify(event)
    const uuid = typeof event === 'string' ? 'damaged' : (event as { uuid?: string }).uuid
    this.#insert('events (event_id, sample_id, sample_epoch, data)', uuid ?? '', String(id), epoch, data)
  }

  attachment(id: string | number, hash: string, content: string): void {
    this.#insert('attachments (sample_id, sample_epoch, hash, content)', String(id), 1, hash, content)
  }

  message(id: string | number, message: object | string): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message)
    this.#insert('message_pool (sample_id, sample_epoch, msg_id, data)', String(id), 1, data, data)
  }

  call(id: string | number, message: object): void {
    const data = JSON.stringify(message)
    this.#insert('call_pool (sample_id, sample_epoch, hash, data)', String(id), 1, data, data)
  }

  /** As Inspect does when the sample was written to the log, or its attempt is retried. */
  remove(id: string | number, epoch = 1): void {
    for (const table of ['events', 'attachments', 'message_pool', 'call_pool'])
      this.database.prepare(`DELETE FROM ${table} WHERE sample_id = ? AND sample_epoch = ?`).run(String(id), epoch)
    this.database.prepare('DELETE FROM samples WHERE id = ? AND epoch = ?').run(String(id), epoch)
  }

  /** As if nothing had been written for so long. */
  age(seconds: number): void {
    const time = Date.now() / 1000 - seconds
    for (const path of [this.path, `${this.path}-wal`]) if (existsSync(path)) utimesSync(path, time, time)
  }

  #insert(what: string, ...values: (string | number)[]): void {
    this.database.prepare(`INSERT INTO ${what} VALUES (${values.map(() => '?').join(', ')})`).run(...values)
  }
}

/** Gone when the test is over. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'evalspan-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
