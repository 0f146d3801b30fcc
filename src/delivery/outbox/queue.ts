import type { ItemKind, ObjectState } from '../item.ts'
import type { Accounts, OpenDestination } from './accounts.ts'
import type { LineRow, Rows } from './rows.ts'
import type { Sessions } from './sessions.ts'
import type { Sql } from './sql.ts'

/** An item as it is handed over; its time is milliseconds since 1970. */
export interface StoredItem {
  readonly seq: number
  /** The name of the object. */
  readonly object: string
  readonly id: string
  readonly kind: ItemKind
  readonly time: number
  readonly digest: string
  readonly size: number
  readonly rule: 'once' | 'latest'
  readonly json: string
}

/** Numbers of the items and objects of a batch. */
export interface BatchKey {
  readonly items: readonly number[]
  /** These are leased for it. */
  readonly objects: readonly number[]
}

export interface StoredBatch {
  readonly key: BatchKey
  /** But for those that are at hand. */
  readonly items: readonly StoredItem[]
  readonly state: ObjectState
}

/** What became of a batch. */
export type Settlement =
  /** Taken, but for so many of them: which ones, the server did not say. */
  | {
      readonly status: 'delivered'
      readonly rejected: number
      readonly reason: string
      readonly state?: ObjectState | undefined
    }
  /** Refused for good: kept, with the answer. */
  | { readonly status: 'parked'; readonly reason: string }
  /** Not taken now. */
  | { readonly status: 'returned' }

export interface Want {
  readonly items: number
  /** Of the items' sizes. A batch has one item at least, however large. */
  readonly bytes: number
  /** How long nobody else may send items of these objects. */
  readonly leaseMs: number
  /** Contents of this session's own items from this number on are at hand, and need not be given. */
  readonly heldFrom?: number | undefined
}

export interface QueueOptions {
  readonly sql: Sql
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly rows: Rows
  readonly session: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds that only go forward, the same for all processes of the machine. */
  readonly monotonic: () => number
}

const longestLeaseMs = 15 * 60_000

/** Of a place in the line, `p`: nobody is sending items of its object. */
export const isFree = 'NOT EXISTS (SELECT 1 FROM lease l WHERE l.destination = p.destination AND l.object = p.object)'

/** The line before each destination. All methods but `waits` belong into a transaction. */
export class Queue {
  readonly #options: QueueOptions
  readonly #sql: Sql

  constructor(options: QueueOptions) {
    this.#options = options
    this.#sql = options.sql
  }

  /** Whether anything is in line, up to an item's number. */
  waits(destination: number, upTo: number): boolean {
    const sql = 'SELECT 1 FROM pending WHERE destination = ? AND seq <= ? LIMIT 1'
    return this.#sql.get(sql, destination, upTo) !== undefined
  }

  /**
   * The items that wait longest and whose objects nobody holds; their objects are held from now on. Grouped, all are of
   * one object, and its state comes along.
   */
  next({ id: destination, grouped }: OpenDestination, want: Want): StoredBatch {
    const { session, monotonic, now, sessions } = this.#options
    const time = monotonic()
    // After a restart of the machine its time begins anew, so what lies too far ahead is over as well.
    this.#sql.run('DELETE FROM lease WHERE until < ? OR until > ?', time, time + longestLeaseMs)
    let places = this.#line(destination, grouped, want)
    if (places.length === 0 && sessions.reap(now()) > 0) places = this.#line(destination, grouped, want)
    const objects = [...new Set(places.map(({ object }) => object))]
    this.#sql.run(
      'INSERT INTO lease SELECT ?, value, ?, ? FROM json_each(?)',
      destination,
      session,
      time + Math.min(want.leaseMs, longestLeaseMs),
      JSON.stringify(objects),
    )
    const unheld = places.filter(({ seq, session: whose }) => whose !== session || seq < (want.heldFrom ?? Infinity))
    const state = grouped && objects[0] !== undefined ? this.state(destination, objects[0]) : {}
    return { key: { items: places.map(({ seq }) => seq), objects }, items: this.#contents(unheld), state }
  }

  /** Items that have left the line meanwhile, in other hands, are passed over. */
  settle(destination: number, batch: BatchKey, settlement: Settlement): void {
    const { rows, session } = this.#options
    if (settlement.status !== 'returned') {
      const left = rows.leave(destination, batch.items)
      if (settlement.status === 'delivered') this.#deliver(destination, left, settlement)
      else this.#park(destination, left, settlement.reason)
      const state = settlement.status === 'delivered' ? settlement.state : undefined
      if (state && batch.objects[0] !== undefined) this.setState(destination, batch.objects[0], state)
    }
    this.#sql.run(
      'DELETE FROM lease WHERE destination = ? AND session = ? AND object IN (SELECT value FROM json_each(?))',
      destination,
      session,
      JSON.stringify(batch.objects),
    )
  }

  /** How many of these are in line. */
  count(destination: number, seqs: readonly number[]): number {
    const sql =
      'SELECT COUNT(*) AS count FROM pending WHERE destination = ? AND seq IN (SELECT value FROM json_each(?))'
    return this.#sql.get<{ count: number }>(sql, destination, JSON.stringify(seqs))!.count
  }

  /** What is in line, first come first. */
  all(destination: number): { readonly object: string; readonly id: string }[] {
    const sql = `SELECT o.name AS object, i.id FROM pending p JOIN item i ON i.seq = p.seq
      JOIN object o ON o.id = p.object WHERE p.destination = ? ORDER BY p.seq`
    return this.#sql.all(sql, destination)
  }

  /** Of all objects that have one, by name. */
  states(destination: number): Map<string, ObjectState> {
    const rows = this.#sql.all<{ name: string; state: string }>(
      'SELECT name, state FROM ledger JOIN object ON object.id = object WHERE destination = ? AND state IS NOT NULL',
      destination,
    )
    return new Map(rows.map(({ name, state }) => [name, JSON.parse(state) as ObjectState]))
  }

  state(destination: number, object: number): ObjectState {
    const row = this.#sql.get<{ state: string | null }>(
      'SELECT state FROM ledger WHERE destination = ? AND object = ?',
      destination,
      object,
    )
    return row?.state == null ? {} : (JSON.parse(row.state) as ObjectState)
  }

  /** Merges it into what the object has. */
  setState(destination: number, object: number, state: ObjectState): void {
    this.#sql.run(
      `INSERT INTO ledger (destination, object, state) VALUES (?, ?, ?)
       ON CONFLICT (destination, object) DO UPDATE SET state = excluded.state`,
      destination,
      object,
      JSON.stringify({ ...this.state(destination, object), ...state }),
    )
  }

  /** Places at the head of the line that make a batch. */
  #line(destination: number, grouped: boolean, want: Want): LineRow[] {
    const line = 'SELECT seq, object, session, size FROM pending p WHERE destination = ?'
    if (!grouped) {
      const free = `${line} AND ${isFree} ORDER BY seq LIMIT ?`
      return within(want.bytes, this.#sql.all(free, destination, want.items))
    }
    const first = this.#sql.get<{ object: number }>(
      `SELECT object FROM pending p WHERE destination = ? AND ${isFree} ORDER BY seq LIMIT 1`,
      destination,
    )
    if (!first) return []
    const ofOne = `${line} AND object = ? AND grouped = 1 ORDER BY seq LIMIT ?`
    return within(want.bytes, this.#sql.all(ofOne, destination, first.object, want.items))
  }

  #contents(places: readonly LineRow[]): StoredItem[] {
    if (places.length === 0) return []
    const sizes = new Map(places.map(({ seq, size }) => [seq, size]))
    return this.#sql
      .all<Omit<StoredItem, 'size'>>(
        `SELECT i.seq, o.name AS object, i.id, i.kind, i.time, i.digest, i.rule, i.json
         FROM item i JOIN object o ON o.id = i.object WHERE i.seq IN (SELECT value FROM json_each(?))`,
        JSON.stringify(places.map(({ seq }) => seq)),
      )
      .map((item) => ({ ...item, size: sizes.get(item.seq)! }))
  }

  #deliver(
    destination: number,
    left: readonly LineRow[],
    { rejected, reason }: Extract<Settlement, { status: 'delivered' }>,
  ): void {
    const { rows, now } = this.#options
    const refused = left.slice(0, rejected)
    const taken = left.slice(refused.length)
    const at = now()
    rows.end(destination, taken, 'delivered', at)
    this.#refuseUnnamed(destination, refused, reason)
    rows.release(left)
    if (taken.length === 0) return
    this.#sql.run('UPDATE destination SET delivered_at = ?, failures = 0, retry_at = 0 WHERE id = ?', at, destination)
  }

  /** So many were refused, and the server did not say which: nobody can send them once more. */
  #refuseUnnamed(destination: number, refused: readonly LineRow[], reason: string): void {
    const { rows, accounts } = this.#options
    rows.end(destination, refused, 'rejected')
    for (const [session, own] of Map.groupBy(refused, (row) => row.session)) {
      accounts.note(destination, session, 'rejected', reason, [], own.length)
    }
  }

  #park(destination: number, left: readonly LineRow[], reason: string): void {
    const { rows, now } = this.#options
    rows.end(destination, left, 'rejected')
    rows.note(destination, left, 'rejected', reason)
    for (const { seq, object, session, size } of left) {
      const values = [destination, seq, object, session, size, reason, now()]
      this.#sql.run('INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?, ?)', ...values)
    }
  }
}

/** As many as the bytes allow, one at least. */
function within(mostBytes: number, line: readonly LineRow[]): LineRow[] {
  let bytes = 0
  const end = line.findIndex(({ size }, index) => {
    bytes += size
    return index > 0 && bytes > mostBytes
  })
  return end < 0 ? [...line] : line.slice(0, end)
}
