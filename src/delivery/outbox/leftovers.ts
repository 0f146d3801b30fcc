import type { Accounts } from './accounts.ts'
import { isFree } from './queue.ts'
import type { LineRow, Rows } from './rows.ts'
import type { Sql } from './sql.ts'

export interface LeftoversOptions {
  readonly sql: Sql
  readonly accounts: Accounts
  readonly rows: Rows
  /** Told of items that a destination does not get after all: a later commit may file them again. */
  readonly unfile: (destination: number, items: readonly { readonly object: string; readonly id: string }[]) => void
}

const everything = Number.MAX_SAFE_INTEGER

/** What is to happen to items that cannot be delivered. Each method belongs into a transaction and gives how many it hit. */
export class Leftovers {
  readonly #options: LeftoversOptions
  readonly #sql: Sql

  constructor(options: LeftoversOptions) {
    this.#options = options
    this.#sql = options.sql
  }

  /** Parked items wait again. */
  retry(destination: number): number {
    const rows = this.#unpark(destination, 'waiting', 'at < ?', everything)
    const { grouped } = this.#sql.get<{ grouped: number }>('SELECT grouped FROM destination WHERE id = ?', destination)!
    for (const { seq, object, session, size } of rows) {
      this.#sql.run('INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?)', destination, seq, object, session, size, grouped)
    }
    return rows.length
  }

  /** Parked items are given up. A replay does not file them again: they would only be refused once more. */
  dropParked(destination: number, reason: string, before: number = everything): number {
    return this.#giveUp(destination, this.#unpark(destination, 'dropped', 'at < ?', before), reason)
  }

  /** The oldest parked items are given up, until the others fit into so many bytes. */
  boundParked(destination: number, mostBytes: number, reason: string): number {
    const over = this.#sql.all<{ seq: number }>(
      `SELECT seq FROM (SELECT seq, SUM(size) OVER (ORDER BY at DESC, seq DESC) AS bytes
       FROM parked WHERE destination = ?) WHERE bytes > ?`,
      destination,
      mostBytes,
    )
    if (over.length === 0) return 0
    const seqs = JSON.stringify(over.map(({ seq }) => seq))
    const left = this.#unpark(destination, 'dropped', 'seq IN (SELECT value FROM json_each(?))', seqs)
    return this.#giveUp(destination, left, reason)
  }

  /** What waits, was committed before then, and is in nobody's hands is given up; a replay files it again. */
  dropWaiting(destination: number, reason: string, before: number = everything): number {
    const { rows } = this.#options
    const left = this.#leave(destination, `AND i.at < ${before} AND ${isFree}`)
    rows.end(destination, left, 'dropped')
    rows.note(destination, left, 'dropped', reason)
    this.#forget(destination, left)
    return left.length
  }

  /** What waits, or so many items of it, was none of this destination's business: it counts as never produced. */
  disown(destination: number, seqs?: readonly number[]): number {
    const { rows, accounts } = this.#options
    const left = seqs ? rows.leave(destination, seqs) : this.#leave(destination, '')
    for (const { session, size } of left) accounts.disown(destination, session, 1, size)
    rows.count(destination, left, 'filed', -1)
    this.#forget(destination, left)
    return left.length
  }

  #giveUp(destination: number, left: readonly LineRow[], reason: string): number {
    const { rows } = this.#options
    rows.note(destination, left, 'dropped', reason)
    rows.count(destination, left, 'dropped', 1)
    rows.release(left)
    return left.length
  }

  #leave(destination: number, condition: string): LineRow[] {
    const { rows } = this.#options
    const sql = `SELECT p.seq FROM pending p JOIN item i ON i.seq = p.seq WHERE p.destination = ? ${condition} ORDER BY p.seq`
    const seqs = this.#sql.all<{ seq: number }>(sql, destination).map(({ seq }) => seq)
    return rows.leave(destination, seqs)
  }

  #forget(destination: number, left: readonly LineRow[]): void {
    const sql = 'SELECT o.name AS object, i.id FROM item i JOIN object o ON o.id = i.object WHERE i.seq = ?'
    const items = left.flatMap(({ seq }) => this.#sql.get<{ object: string; id: string }>(sql, seq) ?? [])
    this.#options.unfile(destination, items)
    this.#options.rows.release(left)
  }

  #unpark(destination: number, to: 'waiting' | 'dropped', condition: string, value: number | string): LineRow[] {
    const { accounts, rows } = this.#options
    const parked = this.#sql.all<LineRow & { readonly reason: string }>(
      `DELETE FROM parked WHERE destination = ? AND ${condition} RETURNING seq, object, session, size, reason`,
      destination,
      value,
    )
    for (const { session, size, reason } of parked) {
      accounts.unpark(destination, session, to, 1, size)
      accounts.unnote(destination, session, reason, 1)
    }
    rows.count(destination, parked, 'rejected', -1)
    return parked.toSorted((one, other) => one.seq - other.seq)
  }
}
