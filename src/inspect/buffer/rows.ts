import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** An event as one of its versions was written: a change of it is a row of its own. */
export interface EventRow {
  readonly id: number
  readonly data: string | null
}

export interface SampleRow {
  readonly id: string
  readonly epoch: number
  readonly data: string | null
  /** All of it, once the sample is over. */
  readonly metadata: string | null
  /** The number of its first event; another one after the attempt was retried. */
  readonly first: number
}

/** A pool of a sample: what it holds is told by its place in the pool. */
export type Pool = 'message_pool' | 'call_pool'

/** The tables of Inspect's `SampleBufferDatabase` (0.3.285, `log/_recorders/buffer/database.py`), and of older ones. */
export class BufferRows {
  readonly #database: DatabaseSync
  readonly #samples: StatementSync
  readonly #first: StatementSync
  readonly #events: StatementSync
  readonly #attachment: StatementSync
  /** Older databases have no pools. */
  readonly #pools: ReadonlyMap<string, StatementSync>

  constructor(database: DatabaseSync) {
    this.#database = database
    const ofSample = 'sample_id = ? AND sample_epoch = ?'
    const columns = database.prepare("SELECT name FROM pragma_table_info('samples')").all()
    const metadata = columns.some(({ name }) => name === 'sample_metadata') ? 'sample_metadata' : 'NULL'
    this.#samples = database.prepare(
      `SELECT id, epoch, data, ${metadata} AS metadata, (SELECT min(e.id) FROM events e WHERE e.sample_id = s.id AND e.sample_epoch = s.epoch) AS first
       FROM samples s ORDER BY s.rowid`,
    )
    this.#first = database.prepare(
      `SELECT min(e.id) AS first FROM samples s JOIN events e ON e.sample_id = s.id AND e.sample_epoch = s.epoch
       WHERE s.id = ? AND s.epoch = ?`,
    )
    this.#events = database.prepare(`SELECT id, data FROM events WHERE ${ofSample} AND id > ? ORDER BY id`)
    this.#attachment = database.prepare(`SELECT content FROM attachments WHERE ${ofSample} AND hash = ?`)
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    const pools = (['message_pool', 'call_pool'] as const).filter((pool) => tables.some(({ name }) => name === pool))
    this.#pools = new Map(
      pools.map((pool) => [
        pool,
        database.prepare(`SELECT data FROM ${pool} WHERE ${ofSample} ORDER BY id LIMIT ? OFFSET ?`),
      ]),
    )
  }

  /** All is read of one moment, whoever writes meanwhile. */
  snapshot<T>(read: () => T): T {
    this.#database.exec('BEGIN')
    try {
      return read()
    } finally {
      this.#database.exec('ROLLBACK')
    }
  }

  /** In the order in which they started. Samples without events are left out: nothing has happened in them. */
  samples(): SampleRow[] {
    return (this.#samples.all() as unknown as SampleRow[]).filter(({ first }) => first !== null)
  }

  /** Undefined when the sample is no longer there. */
  firstEvent(id: string, epoch: number): number | undefined {
    return (this.#first.get(id, epoch) as { first: number | null } | undefined)?.first ?? undefined
  }

  /** To be left only at its end or by `break`. */
  events(id: string, epoch: number, after: number): Iterable<EventRow> {
    return this.#events.iterate(id, epoch, after) as unknown as Iterable<EventRow>
  }

  attachment(id: string, epoch: number, hash: string): string | undefined {
    const content = this.#attachment.get(id, epoch, hash)?.['content']
    return typeof content === 'string' ? content : undefined
  }

  /** The entries `[start, end)` of a pool. */
  pool(pool: Pool, id: string, epoch: number, start: number, end: number): (string | null)[] {
    const rows = this.#pools.get(pool)?.all(id, epoch, end - start, start) ?? []
    return rows.map((row) => row['data'] as string | null)
  }
}
