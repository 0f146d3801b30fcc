import type { DestinationReport, Reason } from '../report.ts'
import type { ObjectState } from '../item.ts'
import type { Queue } from './queue.ts'
import type { Sessions } from './sessions.ts'
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

export interface PushesOptions {
  readonly sql: Sql
  readonly sessions: Sessions
  readonly queue: Queue
  readonly session: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds that only go forward, the same for all processes of the machine. */
  readonly monotonic: () => number
}

/** Stands for the metrics of a destination where an object is asked for. */
const metricsObject = 0

/** Metrics are no items: each push holds all there is, so only the last one counts. */
export class Pushes {
  readonly #options: PushesOptions
  readonly #sql: Sql

  constructor(options: PushesOptions) {
    this.#options = options
    this.#sql = options.sql
  }

  /** Within a transaction: the state of a destination, which is in these hands now; undefined while it is in others. */
  begin(destination: number, leaseMs: number): ObjectState | undefined {
    const { sessions, queue, session, now, monotonic } = this.#options
    sessions.reap(now())
    const time = monotonic()
    const sql = 'SELECT until FROM lease WHERE destination = ? AND object = ?'
    const lease = this.#sql.get<{ until: number }>(sql, destination, metricsObject)
    if (lease && lease.until > time && lease.until <= time + leaseMs) return undefined
    const values = [destination, metricsObject, session, time + leaseMs]
    this.#sql.run('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)', ...values)
    return queue.state(destination, metricsObject)
  }

  /** Within a transaction. */
  end(destination: number, push: Push, state: ObjectState | undefined): void {
    const { queue, session, now } = this.#options
    this.#put(destination, push)
    if (state) queue.setState(destination, metricsObject, state)
    if (push.delivered > 0) {
      this.#sql.run('UPDATE destination SET delivered_at = ?, failures = 0 WHERE id = ?', now(), destination)
    }
    const values = [destination, metricsObject, session]
    this.#sql.run('DELETE FROM lease WHERE destination = ? AND object = ? AND session = ?', ...values)
  }

  #put(destination: number, { produced, delivered, waiting, rejected, dropped, reasons }: Push): void {
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
}

/** The accounts of the last pushes. */
export function pushReports(sql: Sql): DestinationReport[] {
  const rows = sql.all<Omit<Push, 'reasons'> & DestinationRow>(
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
    lastError: row.error === null ? undefined : { time: new Date(row.error_at ?? 0).toISOString(), reason: row.error },
    reasons: JSON.parse(row.reasons) as Reason[],
  }))
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
