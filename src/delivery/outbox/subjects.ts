import type { ObjectState, Subject } from '../item.ts'
import type { Sql } from './sql.ts'

/** How people ask for a sample. */
export type Question =
  | { readonly uuid: string }
  | { readonly task: string; readonly sample: string; readonly epoch?: number | undefined }

/** Where the items of a sample went. */
export interface Place extends Subject {
  /** The trace. */
  readonly object: string
  readonly destinations: readonly PlaceAt[]
}

export interface PlaceAt {
  readonly destination: string
  readonly sink: string
  readonly address?: string | undefined
  readonly produced: number
  readonly delivered: number
  readonly waiting: number
  readonly rejected: number
  readonly dropped: number
  /** ISO 8601. */
  readonly lastDelivered?: string | undefined
  /** What the backend said of items it refused. */
  readonly answers: readonly string[]
  readonly state: ObjectState
}

/** What people call objects, and what became of the items of each. */
export class Subjects {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  put(object: number, { uuid, task, sample, epoch }: Subject, at: number): void {
    this.#sql.run('INSERT OR REPLACE INTO subject VALUES (?, ?, ?, ?, ?, ?)', uuid, object, task, sample, epoch, at)
  }

  /** The latest first. */
  where(question: Question): Place[] {
    const [condition, values] =
      'uuid' in question
        ? ['uuid = ?', [question.uuid]]
        : question.epoch === undefined
          ? ['task = ? AND sample = ?', [question.task, question.sample]]
          : ['task = ? AND sample = ? AND epoch = ?', [question.task, question.sample, question.epoch]]
    const rows = this.#sql.all<Subject & { id: number; object: string }>(
      `SELECT uuid, task, sample, epoch, o.id, o.name AS object FROM subject s JOIN object o ON o.id = s.object
       WHERE ${condition} ORDER BY s.at DESC`,
      ...values,
    )
    return rows.map(({ id, ...place }) => ({ ...place, destinations: this.destinations(id) }))
  }

  destinations(object: number): PlaceAt[] {
    const rows = this.#sql.all<LedgerRow>(
      `SELECT d.id, d.name, d.sink, d.address, l.filed, l.delivered, l.rejected, l.dropped, l.at, l.state
       FROM ledger l JOIN destination d ON d.id = l.destination WHERE l.object = ? ORDER BY d.sink, d.id`,
      object,
    )
    return rows.map(({ id, name, sink, address, filed, delivered, rejected, dropped, at, state }) => ({
      destination: name,
      sink,
      address: address ?? undefined,
      produced: filed,
      delivered,
      waiting: filed - delivered - rejected - dropped,
      rejected,
      dropped,
      lastDelivered: at === null ? undefined : new Date(at).toISOString(),
      answers: this.#sql
        .all<{ reason: string }>('SELECT DISTINCT reason FROM parked WHERE destination = ? AND object = ?', id, object)
        .map(({ reason }) => reason),
      state: state === null ? {} : (JSON.parse(state) as ObjectState),
    }))
  }
}

interface LedgerRow {
  readonly id: number
  readonly name: string
  readonly sink: string
  readonly address: string | null
  readonly filed: number
  readonly delivered: number
  readonly rejected: number
  readonly dropped: number
  readonly at: number | null
  readonly state: string | null
}
