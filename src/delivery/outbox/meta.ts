import { randomUUID } from 'node:crypto'
import type { Sql } from './sql.ts'

/** What is to be known of the outbox itself. */
export class Meta {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Within a transaction. */
  begin(now: number): void {
    this.#sql.run(`INSERT OR IGNORE INTO meta VALUES ('instance', ?), ('begun', ?)`, randomUUID(), String(now))
  }

  /** Tells the series of this outbox from those of others. */
  instanceId(): string {
    return this.#value('instance')
  }

  /** Milliseconds since 1970. */
  begun(): number {
    return Number(this.#value('begun'))
  }

  #value(name: string): string {
    return this.#sql.get<{ value: string }>('SELECT value FROM meta WHERE name = ?', name)?.value ?? ''
  }
}
