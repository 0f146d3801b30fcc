import { AsyncLocalStorage } from 'node:async_hooks'
import { processWide } from '../../hooks/process-wide.ts'
import { parse, stringify } from '../../inspect/json.ts'
import type { Event, Json, OtherEvent } from '../../inspect/records.ts'
import { timestamp } from '../clock.ts'
import type { SampleClock } from './sample-clock.ts'
import { jsonChanges } from './json-changes.ts'
import { shortUuid } from '../short-uuid.ts'
import type { TaskState } from './task-state.ts'

/** An event while it is being made. */
export type Draft<E extends Event> = { -readonly [K in keyof E]: E[K] }

type Own<E extends Event> = Omit<E, 'uuid' | 'span_id' | 'timestamp' | 'working_start'> &
  Partial<Pick<E, 'span_id' | 'timestamp' | 'working_start'>>

const currentSpan = processWide('current span', () => new AsyncLocalStorage<string>())

export interface TranscriptOptions {
  readonly clock: SampleClock
  /** Is told of each event, and again when it changes. */
  readonly onEvent: (event: Event) => void
  /** What is to be told of when it has changed in a span. */
  readonly store: () => TaskState['store']
  /** Runs what is done in a span. */
  readonly within: <T>(spanId: string, run: () => T) => T
}

/** What happens in an attempt at a sample, in the order in which it began. */
export class Transcript {
  readonly events: Event[] = []
  readonly #clock: SampleClock
  readonly #onEvent: TranscriptOptions['onEvent']
  readonly #store: TranscriptOptions['store']
  readonly #within: TranscriptOptions['within']
  /** Ends each open span, the innermost last. */
  readonly #open = new Map<string, () => void>()
  #closed = false

  constructor({ clock, onEvent, store, within }: TranscriptOptions) {
    this.#clock = clock
    this.#onEvent = onEvent
    this.#store = store
    this.#within = within
  }

  /** Fields of the place and the time may be given, for an event that was begun before it is told. */
  add<E extends Event>(event: Own<E>): Draft<E> {
    const added = { ...this.place(), uuid: shortUuid(), ...event } as unknown as Draft<E>
    // What user code that nobody waits for any more goes on to do belongs to no attempt.
    if (this.#closed) return added
    this.events.push(added as unknown as Event)
    this.#onEvent(added as unknown as Event)
    return added
  }

  /** Where and when an event is that begins now. */
  place(): { readonly span_id?: string; readonly timestamp: string; readonly working_start: number } {
    const span = currentSpan.getStore()
    return { ...(span !== undefined && { span_id: span }), timestamp: timestamp(), working_start: this.#clock.working }
  }

  /** An event that was added has changed. */
  changed(event: Draft<Event>): void {
    if (!this.#closed) this.#onEvent(event)
  }

  async span<T>(name: string, type: string, run: () => Promise<T>): Promise<T> {
    const id = shortUuid()
    const parent = currentSpan.getStore()
    this.add<Extract<Event, { event: 'span_begin' }>>({
      event: 'span_begin',
      span_id: id,
      id,
      ...(parent !== undefined && { parent_id: parent }),
      type,
      name,
    })
    const before = stringify(this.#store())
    const end = (): void => {
      if (!this.#open.delete(id)) return
      const after = stringify(this.#store())
      const changes = before === after ? [] : jsonChanges(parse(before) as Json, parse(after) as Json)
      if (changes.length > 0) this.add<OtherEvent>({ event: 'store', span_id: id, changes })
      this.add<Extract<Event, { event: 'span_end' }>>({ event: 'span_end', span_id: id, id })
    }
    this.#open.set(id, end)
    try {
      return await currentSpan.run(id, () => this.#within(id, run))
    } finally {
      end()
    }
  }

  /** Ends the spans within the current one that are still open: nobody waits any more for what is done in them. */
  endInner(): void {
    const current = currentSpan.getStore()
    for (const [id, end] of [...this.#open].toReversed()) {
      if (id === current) return
      end()
    }
  }

  /** The last event of a kind that is not over. */
  pending<K extends 'model' | 'tool'>(kind: K): Extract<Event, { event: K }> | undefined {
    const found = this.events.findLast(({ event, pending }) => pending === true && event === kind)
    return found as Extract<Event, { event: K }> | undefined
  }

  close(): void {
    this.#closed = true
  }
}

/** Runs something that belongs to no span yet. */
export function outsideOfSpans<T>(run: () => T): T {
  return currentSpan.exit(run)
}
