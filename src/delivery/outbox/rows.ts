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

  /** Takes an item out of the line; undefined when it is there no longer. */
  leave(destination: number, seq: number): LineRow | undefined {
    return this.#sql.get<LineRow>(
      'DELETE FROM pending WHERE destination = ? AND seq = ? RETURNING seq, object, session, size',
      destination,
      seq,
    )
  }

  /** Items that left the line come to an end. */
  end(destination: number, rows: readonly LineRow[], outcome: Outcome): void {
    for (const [session, own] of Map.groupBy(rows, (row) => row.session)) {
      const bytes = own.reduce((sum, { size }) => sum + size, 0)
      this.#accounts.settle(destination, session, outcome, own.length, bytes)
    }
    this.count(destination, rows, outcome, 1)
  }

  /** Why items were not delivered, with the names of a few. */
  note(destination: number, rows: readonly LineRow[], outcome: 'rejected' | 'dropped', reason: string): void {
    for (const [session, own] of Map.groupBy(rows, (row) => row.session)) {
      const names = own.slice(0, mostNames).map(({ seq }) => this.#nameOf(seq))
      this.#accounts.note(destination, session, outcome, reason, names, own.length)
    }
  }

  /** Notes in the ledger of each object; `by` is 1 or -1. */
  count(destination: number, rows: readonly LineRow[], column: 'filed' | Outcome, by: number): void {
    for (const [object, own] of Map.groupBy(rows, (row) => row.object)) {
      this.#sql.run(
        `UPDATE ledger SET ${column} = ${column} + ? WHERE destination = ? AND object = ?`,
        by * own.length,
        destination,
        object,
      )
    }
  }

  /** Deletes the contents that no other destination needs. */
  release(destination: number, rows: readonly LineRow[]): void {
    const others = this.#others(destination)
    for (const { seq } of rows) {
      if (!others.some((other) => this.#isNeeded(other, seq))) this.#sql.run('DELETE FROM item WHERE seq = ?', seq)
    }
  }

  #isNeeded(destination: number, seq: number): boolean {
    const sql = `SELECT 1 FROM pending WHERE destination = ?1 AND seq = ?2
      UNION ALL SELECT 1 FROM parked WHERE destination = ?1 AND seq = ?2`
    return this.#sql.get(sql, destination, seq) !== undefined
  }

  /** Destinations that take something of the same kind. */
  #others(destination: number): number[] {
    return this.#sql
      .all<{ id: number }>(
        `SELECT DISTINCT d.id FROM destination d, json_each(d.takes) kind WHERE d.id <> ?1 AND kind.value IN
         (SELECT value FROM destination mine, json_each(mine.takes) WHERE mine.id = ?1)`,
        destination,
      )
      .map(({ id }) => id)
  }

  #nameOf(seq: number): string {
    const sql = 'SELECT id, kind, json FROM item WHERE seq = ?'
    const item = this.#sql.get<{ id: string; kind: ItemKind; json: string }>(sql, seq)
    return item ? nameOf(item) : '?'
  }
}
