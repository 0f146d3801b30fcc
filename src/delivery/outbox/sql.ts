import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

export type Row = Record<string, unknown>

/** Statements of a database, each prepared once. */
export class Sql {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Gives the number of rows that changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  /** Gives the id of the new row. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid)
  }

  // What a row holds is the query's to say.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined
  }

  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...values) as T[]
  }

  /** To be left only at its end or by `break`, and not nested in itself. */
  iterate<T = Row>(sql: string, ...values: SQLInputValue[]): Iterable<T> {
    return this.#prepare(sql).iterate(...values) as Iterable<T>
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  /** All or nothing. It takes the lock at once: a transaction that reads first may find that it cannot write. */
  write<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#database.isTransaction) this.exec('ROLLBACK')
      throw error
    }
  }

  /** All is read of one moment, whoever writes meanwhile. */
  read<T>(work: () => T): T {
    this.exec('BEGIN')
    try {
      return work()
    } finally {
      this.exec('ROLLBACK')
    }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }
}
