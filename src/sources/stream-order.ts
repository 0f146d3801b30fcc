import { limitsOfAnswers } from '../inspect/model-calls.ts'
import type { Event, ModelEvent } from '../inspect/records.ts'
import { parseTime, type HrTime } from '../time.ts'

/** An event at the moment it began, or at the one it was complete and streamed. Most events are both at once. */
export interface StreamStep {
  readonly event: Event
  readonly complete: boolean
}

/** When a failed model call was over, which no field of its event tells. */
export type EndOfFailed = (event: ModelEvent) => HrTime | undefined

/**
 * A log lists events in the order in which they began, while the hooks got them when they were complete: a tool's event
 * after the end of the tool's span, which the log has behind its begin, and a model's event after its answer.
 */
export function* streamOrder(
  events: readonly Event[],
  endOfFailed: EndOfFailed = () => undefined,
): Generator<StreamStep> {
  const endOf = new Map<string, number>()
  events.forEach((event, index) => {
    if (event.event === 'span_end') endOf.set(event.id, index)
  })
  const times = new Times(events)
  const endOfOpen = endsOfOpenCalls(events, limitsOfAnswers(events))
  const late = new Map<number, Completion[]>()
  for (const [index, event] of events.entries()) {
    if (event.event === 'model') yield { event, complete: false }
    const completion = completionOf(events, index, { endOf, times, endOfOpen, endOfFailed })
    if (!completion) yield { event, complete: true }
    else if (late.get(completion.after)?.push(completion) === undefined) late.set(completion.after, [completion])
    for (const waiting of (late.get(index) ?? []).toSorted((a, b) => a.time - b.time))
      yield { event: waiting.event, complete: true }
    late.delete(index)
  }
}

/** Of an event that is complete some time after it began. */
interface Completion {
  readonly event: Event
  /** The index of the event after which it was. */
  readonly after: number
  /** In microseconds; infinite when it is not known. */
  readonly time: number
}

interface Ends {
  /** By span: the index of its end. */
  readonly endOf: ReadonlyMap<string, number>
  readonly times: Times
  /** By index of a call without an end: the index of the event after which it was over. */
  readonly endOfOpen: ReadonlyMap<number, number>
  readonly endOfFailed: EndOfFailed
}

function completionOf(
  events: readonly Event[],
  index: number,
  { endOf, times, endOfOpen, endOfFailed }: Ends,
): Completion | undefined {
  const event = events[index]!
  if (event.event !== 'model' && event.event !== 'tool' && event.event !== 'subtask') return undefined
  const completed = microseconds(event.completed)
  if (event.event === 'model' && event.completed === undefined) {
    const end = endOfFailed(event)
    const time = end ? toMicroseconds(end) : Infinity
    const last = event.pending ? index : endOfOpen.get(index)!
    return { event, after: end ? Math.min(last, times.firstAfter(index, time) - 1) : last, time }
  }
  const from = endOfTool(events, index, endOf)
  if (Number.isNaN(completed)) return { event, after: from, time: Infinity }
  return { event, after: Math.max(from, times.firstAfter(from, completed) - 1), time: completed }
}

/** A tool's event is complete behind the end of the tool's own span, whose begin lies before it. */
function endOfTool(events: readonly Event[], index: number, endOf: ReadonlyMap<string, number>): number {
  const [before, event] = [events[index - 1], events[index]!]
  const isOwn =
    event.event === 'tool' && before?.event === 'span_begin' && before.type === 'tool' && before.name === event.function
  return isOwn ? Math.max(index, endOf.get(before.id) ?? index) : index
}

/**
 * By index of a call without an end: the index of the event after which it was over, which is before anything else
 * happened in its span. An interrupt that ended it names it, and a limit that its answer exceeded follows the answer.
 */
function endsOfOpenCalls(events: readonly Event[], limits: ReadonlyMap<Event, number>): Map<number, number> {
  const ends = new Map<number, number>()
  const nextInterrupt = new Map<unknown, number>()
  const nextInSpan = new Map<string | undefined, number>()
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index]!
    if (event.event === 'model' && event.completed === undefined) {
      const limit = limits.get(event)
      const next = limit ?? nextInSpan.get(event.span_id)
      ends.set(index, nextInterrupt.get(event.uuid) ?? (next === undefined ? index : next - 1))
    }
    if (event.event === 'interrupt') nextInterrupt.set(event['interrupted_model_event_id'], index)
    nextInSpan.set(event.event === 'span_begin' ? event.parent_id : event.span_id, index)
  }
  return ends
}

const blockSize = 256

/** When the events were written, to be searched: long samples have tens of thousands, many at the same time. */
class Times {
  readonly #times: Float64Array
  /** The latest of each block, so that a search passes over blocks. */
  readonly #latest: Float64Array

  constructor(events: readonly Event[]) {
    this.#times = Float64Array.from(events, (event) => microseconds(writtenAt(event)))
    this.#latest = new Float64Array(Math.ceil(events.length / blockSize)).fill(Number.NEGATIVE_INFINITY)
    // An event without a time ends a search, as it may be later.
    this.#times.forEach((time, index) => {
      const block = Math.floor(index / blockSize)
      this.#latest[block] = Math.max(this.#latest[block]!, Number.isNaN(time) ? Infinity : time)
    })
  }

  /** The index of the first event behind this one that began later; the number of events when there is none. */
  firstAfter(index: number, time: number): number {
    let at = index + 1
    while (at < this.#times.length) {
      if (at % blockSize === 0 && this.#latest[at / blockSize]! <= time) at += blockSize
      else if (this.#times[at]! <= time) at += 1
      else return at
    }
    return this.#times.length
  }
}

/** When an event was put in the list; one of a sandbox is put there when it is complete. */
function writtenAt(event: Event): unknown {
  return event.event === 'sandbox' ? (event.completed ?? event.timestamp) : event.timestamp
}

function microseconds(timestamp: unknown): number {
  const time = parseTime(timestamp)
  return time ? toMicroseconds(time) : Number.NaN
}

function toMicroseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e6 + nanoseconds / 1000
}
