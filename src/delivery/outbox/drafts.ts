import type { Subject } from '../item.ts'
import type { Sql } from './sql.ts'

/** A span under way, on its way into the outbox; its time is milliseconds since 1970. */
export interface DraftRow {
  readonly object: string
  readonly id: string
  readonly time: number
  readonly json: string
  readonly subject?: Subject | undefined
}

/** A span whose process is gone. */
export interface LostDraft {
  readonly object: string
  readonly id: string
  readonly json: string
  /** The last that is known of its object, or else when it began; milliseconds since 1970. */
  readonly last: number
}

/** Drafts of an object; all of them when no ids are given. */
export interface DraftKeys {
  readonly object: string
  readonly ids?: readonly string[] | undefined
}

/** Of no session that lives. */
const nobody = 0

/** Spans under way, so that they survive their process. */
export class Drafts {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  put(object: number, session: number, { id, time, json }: DraftRow): void {
    this.#sql.run('INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)', object, id, session, time, json)
  }

  /** Ids of the drafts of an object. */
  of(object: number): Set<string> {
    const rows = this.#sql.all<{ id: string }>('SELECT id FROM draft WHERE object = ?', object)
    return new Set(rows.map(({ id }) => id))
  }

  complete(object: number, id: string): void {
    this.#sql.run('DELETE FROM draft WHERE object = ? AND id = ?', object, id)
  }

  /** Nobody will end them any more: what they are of is over, though the session goes on. */
  abandon(object: number, session: number, ids: readonly string[] | undefined): void {
    const which = ids ? 'AND id IN (SELECT value FROM json_each(?))' : ''
    const values = [nobody, object, session, ...(ids ? [JSON.stringify(ids)] : [])]
    this.#sql.run(`UPDATE draft SET session = ? WHERE object = ? AND session = ? ${which}`, ...values)
  }

  /** Drafts of all sessions but those that may go on. */
  lost(living: readonly number[]): LostDraft[] {
    return this.#sql.all<LostDraft>(
      `SELECT o.name AS object, d.id, d.json, MAX(d.time, COALESCE(o.last, 0)) AS last
       FROM draft d JOIN object o ON o.id = d.object
       WHERE d.session NOT IN (SELECT value FROM json_each(?)) ORDER BY d.time, d.id`,
      JSON.stringify(living),
    )
  }

  count(): number {
    return this.#sql.get<{ count: number }>('SELECT COUNT(*) AS count FROM draft')!.count
  }
}
