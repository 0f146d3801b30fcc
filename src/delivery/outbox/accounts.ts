import type { ItemKind } from '../item.ts'
import type { DestinationReport, Reason } from '../report.ts'
import { oneLine } from '../one-line.ts'
import type { Sql } from './sql.ts'

/** What the outbox knows of a sink. */
export interface Destination {
  /** What the sink's `destination()` says. */
  readonly name: string
  readonly sink: string
  readonly address?: string | undefined
  /** None: metrics, which are no items. */
  readonly takes: readonly ItemKind[]
  /** One object at a time. */
  readonly grouped: boolean
}

export interface OpenDestination extends Destination {
  readonly id: number
}

export type Outcome = 'delivered' | 'rejected' | 'dropped'

/** A server that puts an id into each answer must not grow the account for ever. */
const mostReasons = 50
const mostNames = 5
const otherReasons = 'other reasons'

/**
 * The books: for each destination and session every item is in exactly one of waiting, delivered, rejected and dropped.
 * All changes are made within the transaction that moves the items themselves.
 */
export class Accounts {
  readonly #sql: Sql
  readonly #open = new Map<string, OpenDestination>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  register(destination: Destination): OpenDestination {
    const { name, sink, address = null, takes, grouped } = destination
    this.#sql.run(
      `INSERT INTO destination (name, sink, address, takes, grouped) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET sink = excluded.sink, address = excluded.address, takes = excluded.takes`,
      name,
      sink,
      address,
      JSON.stringify(takes),
      Number(grouped),
    )
    const { id } = this.#sql.get<{ id: number }>('SELECT id FROM destination WHERE name = ?', name)!
    const open = { ...destination, id }
    this.#open.set(name, open)
    return open
  }

  open(name: string): OpenDestination {
    const open = this.#open.get(name)
    if (!open) throw new Error(`the destination ${name} was not registered`)
    return open
  }

  file(destination: number, session: number, count: number, bytes: number): void {
    this.#add(destination, session, { produced: count, waiting: count, bytes })
  }

  /** Items that never waited. */
  refuse(destination: number, session: number, reason: string, names: readonly string[], count: number): void {
    this.#add(destination, session, { produced: count, dropped: count })
    this.note(destination, session, 'dropped', reason, names, count)
  }

  /** Items that wait no longer. */
  settle(destination: number, session: number, outcome: Outcome, count: number, bytes: number): void {
    this.#add(destination, session, { waiting: -count, bytes: -bytes, [outcome]: count })
  }

  /** Parked items: they wait again, or are given up. */
  unpark(destination: number, session: number, to: 'waiting' | 'dropped', count: number, bytes: number): void {
    this.#add(destination, session, { rejected: -count, [to]: count, bytes: to === 'waiting' ? bytes : 0 })
  }

  /** Items that turn out to be none of this destination's. */
  disown(destination: number, session: number, count: number, bytes: number): void {
    this.#add(destination, session, { produced: -count, waiting: -count, bytes: -bytes })
  }

  /** Why items were rejected or dropped. */
  note(
    destination: number,
    session: number,
    outcome: 'rejected' | 'dropped',
    reason: string,
    names: readonly string[],
    count: number,
  ): void {
    const key = [destination, session, outcome] as const
    const text = this.#bounded(key, oneLine(reason))
    const known = this.#sql.get<{ count: number; names: string }>(
      'SELECT count, names FROM reason WHERE destination = ? AND session = ? AND outcome = ? AND reason = ?',
      ...key,
      text,
    )
    const all = [...(known ? (JSON.parse(known.names) as string[]) : []), ...names].slice(0, mostNames)
    this.#sql.run(
      'INSERT OR REPLACE INTO reason VALUES (?, ?, ?, ?, ?, ?)',
      ...key,
      text,
      (known?.count ?? 0) + count,
      JSON.stringify(all),
    )
  }

  /** Some of the rejected are so no longer. */
  unnote(destination: number, session: number, reason: string, count: number): void {
    const of = `WHERE destination = ? AND session = ? AND outcome = 'rejected' AND reason = ?`
    const take = (text: string): boolean => {
      const changed = this.#sql.run(`UPDATE reason SET count = count - ? ${of}`, count, destination, session, text)
      this.#sql.run(`DELETE FROM reason ${of} AND count <= 0`, destination, session, text)
      return changed > 0
    }
    if (!take(oneLine(reason))) take(otherReasons)
  }

  waiting(destination: number): { count: number; bytes: number } {
    const sum = this.#sql.get<{ count: number | null; bytes: number | null }>(
      'SELECT SUM(waiting) AS count, SUM(bytes) AS bytes FROM account WHERE destination = ?',
      destination,
    )!
    return { count: sum.count ?? 0, bytes: sum.bytes ?? 0 }
  }

  /** Books from elsewhere, where what waited is lost. */
  adopt(session: number, reports: readonly DestinationReport[], reason: string): void {
    for (const { destination, produced, delivered, rejected, dropped, waiting, reasons } of reports) {
      const { id } = this.open(destination)
      this.#add(id, session, { produced, delivered, rejected, dropped: dropped + waiting })
      for (const each of reasons) this.note(id, session, each.outcome, each.reason, each.names, each.count)
      if (waiting > 0) this.note(id, session, 'dropped', reason, [], waiting)
    }
  }

  /** The books of all sessions that are over and have nothing left to happen are kept as one. */
  close(sessions: readonly number[]): void {
    for (const session of sessions) {
      const left = this.#sql.get(
        // Node 22 knows no numbered parameters.
        `SELECT 1 FROM account WHERE session = ? AND waiting > 0
         UNION ALL SELECT 1 FROM parked WHERE session = ?
         UNION ALL SELECT 1 FROM draft WHERE session = ? LIMIT 1`,
        session,
        session,
        session,
      )
      if (left) continue
      const accounts = this.#sql.all<{ destination: number } & Sums>('SELECT * FROM account WHERE session = ?', session)
      for (const { destination, produced, delivered, rejected, dropped } of accounts) {
        this.#add(destination, 0, { produced, delivered, rejected, dropped })
      }
      const reasons = this.#sql.all<ReasonRow>('SELECT * FROM reason WHERE session = ?', session)
      for (const { destination, outcome, reason, names, count } of reasons) {
        this.note(destination, 0, outcome, reason, JSON.parse(names) as string[], count)
      }
      this.#sql.run('DELETE FROM account WHERE session = ?', session)
      this.#sql.run('DELETE FROM reason WHERE session = ?', session)
      this.#sql.run('DELETE FROM session WHERE id = ?', session)
    }
  }

  /** Of one session, or of all. Destinations that never had anything to do with it are left out, unless registered. */
  report(session?: number): DestinationReport[] {
    const where = session === undefined ? '' : 'AND account.session = ?'
    const values = session === undefined ? [] : [session]
    const rows = this.#sql.all<DestinationRow & Partial<Sums>>(
      `SELECT destination.*, SUM(produced) AS produced, SUM(delivered) AS delivered, SUM(waiting) AS waiting,
         SUM(rejected) AS rejected, SUM(dropped) AS dropped
       FROM destination LEFT JOIN account ON account.destination = destination.id ${where}
       WHERE takes <> '[]' GROUP BY destination.id ORDER BY sink, destination.id`,
      ...values,
    )
    return rows
      .filter(({ name, produced }) => this.#open.has(name) || (produced ?? 0) > 0)
      .map((row) => this.#toReport(row, session))
  }

  #toReport(row: DestinationRow & Partial<Sums>, session: number | undefined): DestinationReport {
    const { id, name, sink, address, produced, delivered, waiting, rejected, dropped } = row
    const takes = JSON.parse(row.takes) as ItemKind[]
    const kinds = takes.map(() => '?').join(', ')
    const count = (sql: string, ...values: string[]): number => this.#sql.get<{ count: number }>(sql, ...values)!.count
    const oldest = this.#sql.get<{ at: number }>(
      'SELECT at FROM pending JOIN item USING (seq) WHERE destination = ? ORDER BY pending.seq LIMIT 1',
      id,
    )
    return {
      sink,
      destination: name,
      address: address ?? undefined,
      produced: produced ?? 0,
      delivered: delivered ?? 0,
      waiting: waiting ?? 0,
      rejected: rejected ?? 0,
      dropped: dropped ?? 0,
      drafts: takes.includes('span') ? count('SELECT COUNT(*) AS count FROM draft') : 0,
      superseded: count(`SELECT COUNT(*) AS count FROM superseded WHERE kind IN (${kinds})`, ...takes),
      oldest: isoTime(oldest?.at),
      lastDelivered: isoTime(row.delivered_at),
      lastError: row.error === null ? undefined : { time: isoTime(row.error_at)!, reason: row.error },
      reasons: this.#reasons(id, session),
    }
  }

  #reasons(destination: number, session: number | undefined): Reason[] {
    const rows = this.#sql.all<ReasonRow>('SELECT * FROM reason WHERE destination = ? ORDER BY session', destination)
    const reasons = new Map<string, Reason>()
    for (const row of rows) {
      if (session !== undefined && row.session !== session) continue
      const { outcome, reason, count } = row
      const key = `${outcome} ${reason}`
      const known = reasons.get(key)
      const names = [...(known?.names ?? []), ...(JSON.parse(row.names) as string[])].slice(0, mostNames)
      reasons.set(key, { outcome, reason, count: (known?.count ?? 0) + count, names })
    }
    return [...reasons.values()].toSorted((one, other) => other.count - one.count)
  }

  #bounded(key: readonly [number, number, string], reason: string): string {
    const of = 'FROM reason WHERE destination = ? AND session = ? AND outcome = ?'
    const isKnown = this.#sql.get(`SELECT 1 ${of} AND reason = ?`, ...key, reason) !== undefined
    const { count } = this.#sql.get<{ count: number }>(`SELECT COUNT(*) AS count ${of}`, ...key)!
    return isKnown || count < mostReasons ? reason : otherReasons
  }

  #add(destination: number, session: number, sums: Partial<Sums>): void {
    const { produced = 0, delivered = 0, waiting = 0, bytes = 0, rejected = 0, dropped = 0 } = sums
    this.#sql.run(
      `INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (destination, session) DO UPDATE SET
         produced = produced + excluded.produced, delivered = delivered + excluded.delivered,
         waiting = waiting + excluded.waiting, bytes = bytes + excluded.bytes,
         rejected = rejected + excluded.rejected, dropped = dropped + excluded.dropped`,
      destination,
      session,
      produced,
      delivered,
      waiting,
      bytes,
      rejected,
      dropped,
    )
  }
}

interface Sums {
  readonly produced: number
  readonly delivered: number
  readonly waiting: number
  readonly bytes: number
  readonly rejected: number
  readonly dropped: number
}

interface DestinationRow {
  readonly id: number
  readonly name: string
  readonly sink: string
  readonly address: string | null
  readonly takes: string
  readonly error: string | null
  readonly error_at: number | null
  readonly delivered_at: number | null
}

interface ReasonRow {
  readonly destination: number
  readonly session: number
  readonly outcome: 'rejected' | 'dropped'
  readonly reason: string
  readonly count: number
  readonly names: string
}

function isoTime(milliseconds: number | null | undefined): string | undefined {
  return milliseconds == null ? undefined : new Date(milliseconds).toISOString()
}
