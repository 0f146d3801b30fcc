import type { DestinationReport, Reason } from '../report.ts'
import type { Sql } from './sql.ts'

/** The account of a push of metrics, in data points. */
export interface Push {
  readonly produced: number
  readonly delivered: number
  readonly waiting: number
  readonly rejected: number
  readonly dropped: number
  readonly reasons: readonly Reason[]
}

/** Metrics are no items: each push holds all there is, so only the last one counts. */
export class Pushes {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  put(destination: number, { produced, delivered, waiting, rejected, dropped, reasons }: Push): void {
    const counts = [produced, delivered, waiting, rejected, dropped]
    this.#sql.run(
      'INSERT OR REPLACE INTO push VALUES (?, ?, ?, ?, ?, ?, ?)',
      destination,
      ...counts,
      JSON.stringify(reasons),
    )
  }

  /** What waits of the last push is given up; gives how many data points that are. */
  dropWaiting(destination: number, reason: string): number {
    const row = this.#sql.get<{ waiting: number; reasons: string }>(
      'SELECT waiting, reasons FROM push WHERE destination = ? AND waiting > 0',
      destination,
    )
    if (!row) return 0
    const dropped: Reason = { outcome: 'dropped', reason, count: row.waiting, names: [] }
    this.#sql.run(
      'UPDATE push SET waiting = 0, dropped = dropped + waiting, reasons = ? WHERE destination = ?',
      JSON.stringify([...(JSON.parse(row.reasons) as Reason[]), dropped]),
      destination,
    )
    return row.waiting
  }

  report(): DestinationReport[] {
    const rows = this.#sql.all<Omit<Push, 'reasons'> & DestinationRow>(
      'SELECT * FROM push JOIN destination ON destination.id = push.destination ORDER BY sink, destination.id',
    )
    return rows.map(({ sink, name, address, produced, delivered, waiting, rejected, dropped, ...row }) => ({
      sink,
      destination: name,
      address: address ?? undefined,
      isMetrics: true,
      produced,
      delivered,
      waiting,
      rejected,
      dropped,
      drafts: 0,
      superseded: 0,
      lastDelivered: row.delivered_at === null ? undefined : new Date(row.delivered_at).toISOString(),
      lastError:
        row.error === null ? undefined : { time: new Date(row.error_at ?? 0).toISOString(), reason: row.error },
      reasons: JSON.parse(row.reasons) as Reason[],
    }))
  }
}

interface DestinationRow {
  readonly sink: string
  readonly name: string
  readonly address: string | null
  readonly delivered_at: number | null
  readonly error: string | null
  readonly error_at: number | null
  readonly reasons: string
}
