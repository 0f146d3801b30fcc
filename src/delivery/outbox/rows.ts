import type { ItemKind } from '../item.ts'
import { nameOf } from '../item-name.ts'
import type { Accounts, Outcome } from './accounts.ts'
import type { Sql } from './sql.ts'

/** A place in the line of a destination. */
export interface LineRow {
  readonly seq: number
  readonly object: number
  readonly session: number
  readonly size: number
}

const mostNames = 5

/** What all moves of items have in common: rows, books and ledger change together. */
export class Rows {
  readonly #sql: Sql
  readonly #accounts: Accounts

  constructor(sql: Sql, accounts: Accounts) {
    this.#sql = sql
    this.#accounts = accounts
  }

  /** Takes items out of the line; gives those that were still there. */
  leave(destination: number, seqs: readonly number[]): LineRow[] {
    const rows = this.#sql.all<LineRow>(
      `DELETE FROM pending WHERE destination = ? AND seq IN (SELECT value FROM json_each(?))
       RETURNING seq, object, session, size`,
      destination,
      JSON.stringify(seqs),
    )
    return rows.toSorted((one, other) => one.seq - other.seq)
  }

  /** Items that left the line come to an end. */
  end(destination: number, rows: readonly LineRow[], outcome: Outcome, deliveredAt?: number): void {
    for (const [session, own] of Map.groupBy(rows, (row) => row.session)) {
      const bytes = own.reduce((sum, { size }) => sum + size, 0)
      this.#accounts.settle(destination, session, outcome, own.length, bytes)
    }
    this.count(destination, rows, outcome, 1, deliveredAt)
  }

  /** Why items were not delivered, with the names of a few. */
  note(destination: number, rows: readonly LineRow[], outcome: 'rejected' | 'dropped', reason: string): void {
    for (const [session, own] of Map.groupBy(rows, (row) => row.session)) {
      const names = own.slice(0, mostNames).map(({ seq }) => this.#nameOf(seq))
      this.#accounts.note(destination, session, outcome, reason, names, own.length)
    }
  }

  /** Notes in the ledger of each object; `by` is 1 or -1. */
  count(
    destination: number,
    rows: readonly LineRow[],
    column: 'filed' | Outcome,
    by: number,
    deliveredAt: number | null = null,
  ): void {
    for (const [object, own] of Map.groupBy(rows, (row) => row.object)) {
      this.#sql.run(
        `UPDATE ledger SET ${column} = ${column} + ?, at = COALESCE(?, at) WHERE destination = ? AND object = ?`,
        by * own.length,
        deliveredAt,
        destination,
        object,
      )
    }
  }

  /** Deletes the contents that no destination needs any longer. */
  release(rows: readonly LineRow[]): void {
    const inLine = 'SELECT 1 FROM destination d CROSS JOIN'
    this.#sql.run(
      `DELETE FROM item WHERE seq IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (${inLine} pending p ON p.destination = d.id AND p.seq = item.seq)
         AND NOT EXISTS (${inLine} parked p ON p.destination = d.id AND p.seq = item.seq)`,
      JSON.stringify(rows.map(({ seq }) => seq)),
    )
  }

  #nameOf(seq: number): string {
    const sql = 'SELECT id, kind, json FROM item WHERE seq = ?'
    const item = this.#sql.get<{ id: string; kind: ItemKind; json: string }>(sql, seq)
    return item ? nameOf(item) : '?'
  }
}
