import type { Accounts } from './accounts.ts'
import type { Sql } from './sql.ts'

/** How a destination fared lately, in whatever process. */
export interface Standing {
  readonly waiting: number
  readonly waitingBytes: number
  /** Failures in a row. */
  readonly failures: number
  /** Not before then, in milliseconds since 1970. */
  readonly retryAt: number
  readonly everDelivered: boolean
}

/** How destinations fared lately. */
export class Standings {
  readonly #sql: Sql
  readonly #accounts: Accounts

  constructor(sql: Sql, accounts: Accounts) {
    this.#sql = sql
    this.#accounts = accounts
  }

  of(destination: number): Standing {
    const { count, bytes } = this.#accounts.waiting(destination)
    const row = this.#sql.get<{ failures: number; retry_at: number; delivered_at: number | null }>(
      'SELECT failures, retry_at, delivered_at FROM destination WHERE id = ?',
      destination,
    )!
    const { failures, retry_at: retryAt, delivered_at: deliveredAt } = row
    return { waiting: count, waitingBytes: bytes, failures, retryAt, everDelivered: deliveredAt !== null }
  }

  /** Within a transaction: a backend did not take what it was sent, for now. Times are milliseconds since 1970. */
  failed(destination: number, reason: string, retryAt: number, now: number): void {
    const sql = 'UPDATE destination SET failures = failures + 1, retry_at = ?, error = ?, error_at = ? WHERE id = ?'
    this.#sql.run(sql, retryAt, reason, now, destination)
  }
}
