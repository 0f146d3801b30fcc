import type { Objects } from './objects.ts'
import type { Series } from './series.ts'
import type { Sql } from './sql.ts'

export interface TransactionsParts {
  readonly sql: Sql
  readonly objects: Objects
  readonly series: Series
}

/** Transactions, between which some of what is in the database is kept in memory for as long as it holds. */
export class Transactions {
  readonly #parts: TransactionsParts
  #version: unknown

  constructor(parts: TransactionsParts) {
    this.#parts = parts
  }

  /** All or nothing. */
  write<T>(work: () => T): T {
    const { sql, objects, series } = this.#parts
    try {
      return sql.write(() => {
        this.forgetIfStale()
        return work()
      })
    } catch (error) {
      objects.forget()
      series.forget()
      throw error
    }
  }

  /** What is kept in memory holds until somebody else writes. */
  forgetIfStale(): void {
    const version = this.#parts.sql.get('PRAGMA data_version')!['data_version']
    if (version !== this.#version) this.#parts.objects.forget()
    this.#version = version
  }
}
