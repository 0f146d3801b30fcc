import { setTimeout } from 'node:timers/promises'
import type { DatabaseSync } from 'node:sqlite'
import { messageOf, type EvalspanError } from '../../errors.ts'
import { loadSqlite } from '../../load-sqlite.ts'
import { badLog } from '../bad-log.ts'
import { asFields, isFields, listIn, type Fields } from '../fields.ts'
import { stringify } from '../json.ts'
import { openFile, statPath } from '../../files/files.ts'
import type { LogFile } from '../../files/log-file.ts'
import { toSampleKey } from '../sample-key.ts'
import { decodeText, parseText } from '../text.ts'
import { readZipDirectory } from '../zip-directory.ts'
import { readZipMember } from '../zip-member.ts'
import type { BufferSource } from './sample-buffer.ts'
import { manifestName, type FolderPlace } from './find-buffers.ts'
import { inSummary, metadataName } from './metadata-name.ts'
import { BufferRows } from './rows.ts'

/** What the manifest says of a sample. */
interface Listed {
  readonly id: string
  readonly epoch: number
  readonly summary: Fields
  readonly segments: readonly number[]
  /** The hash of its metadata, or where they are. */
  readonly metadata: string | undefined
}

/**
 * The folder `.buffer/<log>` beside a log, which Inspect fills from its database, and our runner at once: a manifest, and
 * segments that hold what came since the last one (0.3.285, `log/_recorders/buffer/filestore.py`). What is new is put into a database of our
 * own, on disk and without a name, so that it is read as Inspect's own database is.
 */
export class SharedFolder implements BufferSource {
  readonly #folder: string
  readonly #onProblem: (error: EvalspanError) => void
  readonly #told = new Set<string>()
  /** By sample: the segments that are in the database. */
  readonly #taken = new Map<string, Set<number>>()
  /** By sample: the hashes of the metadata that are in the database. */
  readonly #metadata = new Map<string, string>()
  #database: DatabaseSync | undefined
  #rows: BufferRows | undefined
  #state = ''

  constructor(place: FolderPlace, onProblem: (error: EvalspanError) => void) {
    this.#folder = place.path
    this.#onProblem = onProblem
  }

  async refresh(): Promise<{ readonly rows: BufferRows; readonly changed: boolean } | undefined> {
    const state = await this.#look()
    if (state === undefined) {
      this.close()
      return undefined
    }
    const { DatabaseSync } = await loadSqlite()
    // SQLite removes a database without a name when it is closed.
    const database = (this.#database ??= createTables(new DatabaseSync('')))
    this.#rows ??= new BufferRows(database)
    return { rows: this.#rows, changed: state !== this.#state && (await this.#takeNew(database, state)) }
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#rows = undefined
    this.#taken.clear()
    this.#metadata.clear()
    this.#state = ''
  }

  /** What tells one manifest from another, '' as long as there is none; undefined when the folder is gone. */
  async #look(): Promise<string | undefined> {
    const manifest = await statPath(`${this.#folder}/${manifestName}`)
    if (manifest) return manifest.kind === 'file' ? `${manifest.version}:${manifest.size}` : ''
    return this.#database || !(await statPath(this.#folder)) ? undefined : ''
  }

  async #takeNew(database: DatabaseSync, state: string): Promise<boolean> {
    const listed = await this.#readManifest(state)
    if (!listed) return false
    let whole = true
    for (const key of this.#taken.keys()) {
      if (!listed.some((sample) => keyOf(sample) === key)) this.#forget(database, key)
    }
    for (const sample of listed) {
      this.#note(database, sample)
      whole = (await this.#takeMetadata(database, sample, state)) && whole
    }
    for (const [segment, samples] of bySegment(listed, this.#taken)) {
      whole = (await this.#takeSegment(database, segment, samples, state)) && whole
    }
    // What could not be read may be on its way.
    this.#state = whole ? state : ''
    return true
  }

  /** Written in place by Inspect, so it may be half of one for a moment. */
  async #readManifest(state: string): Promise<Listed[] | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return listedIn(await this.#read(manifestName, (file) => file.read(0, file.size)))
      } catch (error) {
        if (tries === mostTries) {
          await this.#problem(manifestName, error, state)
          return undefined
        }
        await setTimeout(pauseMs)
      }
    }
  }

  async #read<T>(name: string, read: (file: LogFile) => Promise<T>): Promise<T> {
    const file = await openFile(`${this.#folder}/${name}`)
    try {
      return await read(file)
    } finally {
      await file.close()
    }
  }

  #note(database: DatabaseSync, sample: Listed): void {
    const key = keyOf(sample)
    const taken = this.#taken.get(key)
    // An attempt that was retried begins with other segments.
    if (taken && [...taken].some((segment) => !sample.segments.includes(segment))) this.#forget(database, key)
    if (!this.#taken.has(key)) this.#taken.set(key, new Set())
    database
      .prepare(
        'INSERT INTO samples (id, epoch, data) VALUES (?, ?, ?) ON CONFLICT (id, epoch) DO UPDATE SET data = excluded.data',
      )
      .run(sample.id, sample.epoch, stringify(sample.summary))
  }

  /** False when they could not be read. */
  async #takeMetadata(database: DatabaseSync, sample: Listed, state: string): Promise<boolean> {
    const { id, epoch, metadata: hash, summary } = sample
    if (hash === undefined || this.#metadata.get(keyOf(sample)) === hash) return true
    const name = metadataName(id, epoch, hash)
    try {
      const read = async (): Promise<string> => decodeText(await this.#read(name, (file) => file.read(0, file.size)))
      const text = hash === inSummary ? stringify(summary['metadata']) : await read()
      database.prepare('UPDATE samples SET sample_metadata = ? WHERE id = ? AND epoch = ?').run(text, id, epoch)
      this.#metadata.set(keyOf(sample), hash)
      return true
    } catch (error) {
      await this.#problem(name, error, state)
      return false
    }
  }

  #forget(database: DatabaseSync, key: string): void {
    const [epoch, id] = splitKey(key)
    for (const table of Object.keys(partsOf))
      database.prepare(`DELETE FROM ${table} WHERE sample_id = ? AND sample_epoch = ?`).run(id, epoch)
    database.prepare('DELETE FROM samples WHERE id = ? AND epoch = ?').run(id, epoch)
    this.#taken.delete(key)
    this.#metadata.delete(key)
  }

  /** False when not all of it could be read. */
  async #takeSegment(
    database: DatabaseSync,
    segment: number,
    samples: readonly Listed[],
    state: string,
  ): Promise<boolean> {
    const name = `segment.${segment}.zip`
    let whole = true
    try {
      await this.#read(name, async (file) => {
        const members = await readZipDirectory(file)
        for (const sample of samples) {
          const taken = this.#taken.get(keyOf(sample))!
          // Places in the pools are counted, so nothing behind a lost segment can be told.
          if (!isNext(sample, segment, taken)) continue
          const memberName = `${sample.id}_${sample.epoch}.json`
          const member = members.get(memberName)
          try {
            if (!member) throw new Error('is missing: the file is damaged; copy it again from where it was written')
            insert(database, sample, asFields(parseText(decodeText(await readZipMember(file, member))), 'the segment'))
            taken.add(segment)
          } catch (error) {
            whole = false
            await this.#problem(`${name}: ${memberName}`, error, state)
          }
        }
      })
    } catch (error) {
      whole = false
      await this.#problem(name, error, state)
    }
    return whole
  }

  /**
   * Told once, however often it is read. Not when the folder was removed meanwhile, or has another manifest: segments that no
   * sample needs any more are removed, and what is wrong all the same is come upon again.
   */
  async #problem(where: string, cause: unknown, state: string): Promise<void> {
    const key = `${where}: ${messageOf(cause)}`
    if (this.#told.has(key) || (await this.#look().catch(() => state)) !== state) return
    this.#told.add(key)
    this.#onProblem(badLog(this.#folder, where, cause))
  }
}

const mostTries = 4
const pauseMs = 50

function listedIn(bytes: Buffer): Listed[] {
  const manifest = asFields(parseText(decodeText(bytes)), 'the manifest')
  return listIn(manifest, 'samples').flatMap((sample): Listed[] => {
    const summary = isFields(sample) ? sample['summary'] : undefined
    const key = toSampleKey(summary)
    if (!isFields(sample) || !isFields(summary) || key === undefined) return []
    // Older manifests list the numbers alone.
    const segments = listIn(sample, 'segments').map((segment) => (isFields(segment) ? segment['id'] : segment))
    return [
      {
        id: String(key.id),
        epoch: key.epoch,
        summary,
        segments: segments.filter((id) => typeof id === 'number'),
        metadata: typeof sample['metadata_hash'] === 'string' ? sample['metadata_hash'] : undefined,
      },
    ]
  })
}

/** What is to be read, by segment, in the order in which the segments were written. */
function bySegment(
  listed: readonly Listed[],
  taken: ReadonlyMap<string, ReadonlySet<number>>,
): [segment: number, samples: Listed[]][] {
  const wanted = new Map<number, Listed[]>()
  for (const sample of listed) {
    for (const segment of sample.segments) {
      if (taken.get(keyOf(sample))?.has(segment)) continue
      wanted.set(segment, [...(wanted.get(segment) ?? []), sample])
    }
  }
  return [...wanted].toSorted(([a], [b]) => a - b)
}

function isNext({ segments }: Listed, segment: number, taken: ReadonlySet<number>): boolean {
  return segments.every((other) => other >= segment || taken.has(other))
}

function keyOf({ id, epoch }: { readonly id: string; readonly epoch: number }): string {
  return `${epoch}|${id}`
}

function splitKey(key: string): [epoch: number, id: string] {
  const bar = key.indexOf('|')
  return [Number(key.slice(0, bar)), key.slice(bar + 1)]
}

/** By table: the list in a segment's member, and what a row has besides its number and its sample. */
const partsOf = {
  events: { list: 'events', columns: ['event_id', 'data'] },
  attachments: { list: 'attachments', columns: ['hash', 'content'] },
  message_pool: { list: 'message_pool', columns: ['msg_id', 'data'] },
  call_pool: { list: 'call_pool', columns: ['hash', 'data'] },
} as const

function createTables(database: DatabaseSync): DatabaseSync {
  database.exec(
    'CREATE TABLE samples (id TEXT, epoch INTEGER, data TEXT, sample_metadata TEXT, PRIMARY KEY (id, epoch))',
  )
  for (const [table, { columns }] of Object.entries(partsOf)) {
    database.exec(
      `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, sample_id TEXT, sample_epoch INTEGER, ${columns.join(' TEXT, ')} TEXT)`,
    )
    database.exec(`CREATE INDEX ${table}_of_sample ON ${table} (sample_id, sample_epoch)`)
  }
  database.exec('CREATE INDEX attachment_by_hash ON attachments (sample_id, sample_epoch, hash)')
  return database
}

/** All of the segment's part of a sample, or nothing. */
function insert(database: DatabaseSync, { id, epoch }: Listed, part: Fields): void {
  database.exec('BEGIN')
  try {
    for (const [table, { list, columns }] of Object.entries(partsOf)) {
      const statement = database.prepare(
        `INSERT OR REPLACE INTO ${table} (id, sample_id, sample_epoch, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ?)`,
      )
      for (const row of listIn(part, list)) {
        const fields = asFields(row, `a row of ${list}`)
        const values = columns.map((column) =>
          textIn(fields, table === 'events' && column === 'data' ? 'event' : column),
        )
        statement.run(Number(fields['id']), id, epoch, ...values)
      }
    }
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function textIn(fields: Fields, name: string): string | null {
  const value = fields[name]
  if (typeof value === 'string' || value === undefined || value === null) return value ?? null
  return stringify(value)
}
