import type { Sql } from './sql.ts'

/** Something that a source of events wants to know again: a name, and what there is to say of it. */
export interface Note {
  readonly name: string
  readonly value: string
}

/** What sources have noted, so that they need not tell again what is in the outbox already. */
export class Notes {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  of(source: string): Note[] {
    return this.#sql.all<{ name: string; value: string }>('SELECT name, value FROM note WHERE source = ?', source)
  }

  /** Within a transaction. A name without a value is forgotten. */
  put(source: string, notes: readonly { readonly name: string; readonly value: string | undefined }[]): void {
    for (const { name, value } of notes) {
      if (value === undefined) this.#sql.run('DELETE FROM note WHERE source = ? AND name = ?', source, name)
      else this.#sql.run('INSERT OR REPLACE INTO note VALUES (?, ?, ?)', source, name, value)
    }
  }
}
