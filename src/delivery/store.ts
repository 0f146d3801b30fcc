import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Committed, Draft, Instrument, Item, Measurement, ObjectState, Sink } from './item.ts'
import type { MetricSink } from './metrics.ts'
import { HeldItems } from './held-items.ts'
import type { Destination } from './outbox/accounts.ts'
import type { Before, CommitRow, Filed } from './outbox/commit.ts'
import type { DraftKeys, LostDraft } from './outbox/drafts.ts'
import type { Note } from './outbox/notes.ts'
import { perform, type Call } from './outbox/protocol.ts'
import type { Push } from './outbox/pushes.ts'
import type { Settlement, StoredItem, Want } from './outbox/queue.ts'
import { refusedInstrument, type MeasurementRow, type SeriesRow } from './outbox/series.ts'
import { Storage, type SpillableBatch } from './outbox/storage.ts'
import type { Standing } from './outbox/standings.ts'
import { WorkerCall } from './outbox/worker-call.ts'
import type { DestinationReport } from './report.ts'

export type { Before, Filed, LostDraft, Note, Push, SeriesRow, Settlement, Standing }

export interface StoreOptions {
  readonly sinks: readonly Sink[]
  readonly metricSinks: readonly MetricSink[]
  /** Database files that may be used, the first that works is; none: all is kept in memory. */
  readonly paths?: readonly string[] | undefined
  /** Why the folder that was meant is not among them. */
  readonly problems?: readonly string[] | undefined
  /** A thread of its own also for what is kept in memory. */
  readonly threaded?: boolean | undefined
  /** Most bytes that may wait for one destination. */
  readonly maxBytes: number
  readonly tell: (message: string) => void
  /** Milliseconds since 1970, of a store in this thread. */
  readonly now?: (() => number) | undefined
}

export interface CommitOptions {
  readonly drafts?: readonly Draft[] | undefined
  /** The destinations that are on. */
  readonly on: readonly string[]
  /** File also what a destination has had. */
  readonly again?: boolean | undefined
}

export interface CommitResult {
  readonly committed: Committed
  readonly filed: readonly Filed[]
  readonly before: Before
  /** Of the superseded, those that a destination lacked and gets. */
  readonly resent: readonly Item[]
}

/** Items on their way to a destination. */
export interface Batch {
  readonly destination: string
  readonly items: readonly Item[]
  readonly state: ObjectState
  readonly key: SpillableBatch['key']
  readonly inMemory: boolean
}

/** More bytes than this on their way to the outbox mean that it does not keep up: something holds its lock. */
const mostUnderway = 256 * 2 ** 20

/**
 * Keeps what was seen, what waits and what is measured: in the outbox on disk, in a thread of its own, or in memory. Calls
 * take effect in the order in which they were made.
 */
export class Store {
  readonly #call: Call
  readonly #worker: WorkerCall | undefined
  readonly #instruments = new Map<string, Instrument>()
  readonly #held = new HeldItems()
  #underway = 0

  constructor({ sinks, metricSinks, paths = [], problems = [], threaded, maxBytes, tell, now }: StoreOptions) {
    const destinations = [...sinks.map((sink) => ofItems(sink)), ...metricSinks.map((sink) => ofMetrics(sink))]
    const options = { paths, problems, destinations, maxBytes }
    if (threaded ?? paths.length > 0) {
      this.#worker = new WorkerCall(options, tell)
      this.#call = this.#worker.call
    } else this.#call = callHere(Storage.open({ ...options, now }, tell))
  }

  /** Tells the series of this store from those of others: `service.instance.id`. */
  instanceId(): Promise<string> {
    return this.#call('instanceId')
  }

  /** When the outbox was begun, in milliseconds since 1970. */
  begun(): Promise<number> {
    return this.#call('begun')
  }

  /** The folder of the outbox; undefined when all is kept in memory. */
  async place(): Promise<string | undefined> {
    const path = await this.#call('path')
    return path === undefined ? undefined : dirname(path)
  }

  /** All of it or nothing. Rejects when it cannot be stored. */
  async commit(items: readonly Item[], { drafts = [], on, again = false }: CommitOptions): Promise<CommitResult> {
    const bytes = items.reduce((sum, { size }) => sum + size, 0)
    if (this.#underway > mostUnderway) throw new Error('the outbox does not keep up')
    this.#underway += bytes
    try {
      const instruments: Instrument[] = []
      const rows = items.map((item) => this.#toRow(item, instruments))
      const draftRows = drafts.map((draft) => ({ ...draft, time: draft.time.getTime() }))
      const { verdicts, seqs, ...reply } = await this.#call('commit', {
        items: rows,
        drafts: draftRows,
        instruments,
        on,
        again,
      })
      this.#held.add(items, seqs)
      const having = (verdict: string): Item[] => items.filter((_, index) => verdicts[index] === verdict)
      const committed = { fresh: having('fresh'), known: having('known'), superseded: having('superseded') }
      const resent = items.filter((_, index) => verdicts[index] === 'superseded' && seqs[index] !== 0)
      return { ...reply, committed, resent }
    } finally {
      this.#underway -= bytes
    }
  }

  /** What waits longest for a destination and is in nobody's hands, one item at least if there is any. */
  async next(destination: string, want: Want): Promise<Batch | undefined> {
    const stored = await this.#call('next', destination, { ...want, heldFrom: this.#held.from })
    if (!stored) return undefined
    const { state, key, inMemory } = stored
    const read = new Map(stored.items.map((item) => [item.seq, item]))
    const items = key.items.map((seq) => {
      const item = read.get(seq)
      return item ? toItem(item) : this.#held.get(seq)
    })
    if (items.every((item) => item !== undefined)) return { destination, items, state, key, inMemory }
    await this.#call('settle', destination, { key, inMemory }, { status: 'returned' })
    if (this.#held.isEmpty) throw new Error('the outbox lacks the content of items that wait')
    // It was let go of a moment ago, to make room.
    this.#held.clear()
    return await this.next(destination, want)
  }

  /** Ends the wait of a batch, or gives it back. */
  settle({ destination, key, inMemory }: Batch, settlement: Settlement): Promise<void> {
    if (settlement.status === 'delivered') this.#held.delete(key.items)
    return this.#call('settle', destination, { key, inMemory }, settlement)
  }

  /** Gives a question: does anything that was committed up to now wait for the destination? */
  async untilNow(destination: string): Promise<() => Promise<boolean>> {
    const mark = await this.#call('mark')
    return () => this.#call('waits', destination, mark)
  }

  standing(destination: string): Promise<Standing> {
    return this.#call('standing', destination)
  }

  /** A backend did not take what it was sent, for now. */
  failed(destination: string, reason: string, retryAt: number): Promise<void> {
    return this.#call('failed', destination, reason, retryAt)
  }

  expire(destination: string, ageMs: number, reason: string): Promise<number> {
    return this.#call('expire', destination, ageMs, reason)
  }

  /** What was filed for the destination counts as never produced. */
  async disown(destination: string): Promise<void> {
    await this.#call('disown', destination)
  }

  /** Parked items wait again; gives how many. */
  retry(destination: string): Promise<number> {
    return this.#call('retry', destination)
  }

  dropParked(destination: string, reason: string): Promise<number> {
    return this.#call('dropParked', destination, reason)
  }

  dropWaiting(destination: string, reason: string): Promise<number> {
    return this.#call('dropWaiting', destination, reason)
  }

  series(): Promise<SeriesRow[]> {
    return this.#call('series')
  }

  /** The state of a destination of metrics, which is in these hands until `endPush`; waits while it is in others. */
  async beginPush(destination: string, leaseMs: number, signal: AbortSignal): Promise<ObjectState> {
    for (;;) {
      const state = await this.#call('beginPush', destination, leaseMs)
      if (state) return state
      await sleep(100, undefined, { signal, ref: false })
    }
  }

  endPush(destination: string, push: Push, state: ObjectState | undefined): Promise<void> {
    return this.#call('endPush', destination, push, state)
  }

  report(of: 'session' | 'all'): Promise<DestinationReport[]> {
    return this.#call('report', of)
  }

  /** What a source of events has noted. */
  notes(source: string): Promise<Note[]> {
    return this.#call('notes', source)
  }

  /** Notes something once what was committed before it is safe; without a value it is forgotten. */
  note(source: string, notes: readonly { readonly name: string; readonly value: string | undefined }[]): Promise<void> {
    return this.#call('note', source, notes)
  }

  /** Drafts of this session that nobody will end any more, of what was committed before. */
  abandonDrafts(drafts: readonly DraftKeys[]): Promise<void> {
    return this.#call('abandonDrafts', drafts)
  }

  lostDrafts(): Promise<LostDraft[]> {
    return this.#call('lostDrafts')
  }

  /** Blocks until all that was asked for is done: for a process that ends without waiting for anything. */
  finish(): void {
    this.#worker?.finish()
  }

  /** What memory alone holds is dropped, for the reason given by destination. Gives the last accounts. */
  async close(
    reasons: Readonly<Record<string, string>>,
  ): Promise<{ readonly session: DestinationReport[]; readonly all: DestinationReport[] }> {
    try {
      return await this.#call('close', reasons)
    } finally {
      await this.#worker?.end()
    }
  }

  #toRow(item: Item, instruments: Instrument[]): CommitRow {
    const { object, id, kind, digest, size, rule, json, subject, measurements } = item
    const row = { object, id, kind, time: item.time.getTime(), digest, size, rule, json, subject }
    if (!measurements || measurements.length === 0) return row
    const measured = measurements.map((measurement) => this.#toMeasurement(measurement, instruments))
    return { ...row, measurements: JSON.stringify(measured) }
  }

  #toMeasurement({ instrument, value, attributes, time }: Measurement, instruments: Instrument[]): MeasurementRow {
    const known = this.#instruments.get(instrument.name)
    if (!known) {
      this.#instruments.set(instrument.name, instrument)
      instruments.push(instrument)
    }
    const { type } = known ?? instrument
    const isUsable = Number.isFinite(value) && (value >= 0 || type === 'gauge' || type === 'updowncounter')
    if (isUsable && type === instrument.type) return [instrument.name, value, attributes, time[0], time[1]]
    return [refusedInstrument.name, 1, { 'evalspan.metric.name': instrument.name }, time[0], time[1]]
  }
}

function ofItems(sink: Sink): Destination {
  const { name, address, takes, release } = sink
  return { name: sink.destination(), sink: name, address, takes, grouped: release === 'object' }
}

function ofMetrics(sink: MetricSink): Destination {
  return { name: sink.destination(), sink: sink.name, address: sink.address, takes: [], grouped: false }
}

/** In this thread; one request after another, as in the other. */
function callHere(opening: Promise<Storage>): Call {
  let last: Promise<unknown> = opening
  return (method, ...args) => {
    const result = last.then(async () => perform(await opening, { method, args }))
    last = result.catch(() => {})
    return result as never
  }
}

function toItem({ object, id, kind, time, digest, size, rule, json }: StoredItem): Item {
  const body = JSON.parse(json) as never
  return { object, id, kind, time: new Date(time), digest, size, rule, body, json } as Item
}
