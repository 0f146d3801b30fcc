import type { Event, ModelEvent } from '../inspect/records.ts'
import { parseTime } from '../time.ts'

/** An event at the moment it began, or at the one it was complete and streamed. Most events are both at once. */
export interface StreamStep {
  readonly event: Event
  readonly complete: boolean
}

/**
 * A log lists events in the order in which they began, while the hooks got them when they were complete: a tool's event
 * after the end of the tool's span, which the log has behind its begin, and a model's event after its answer.
 */
export function* streamOrder(events: readonly Event[]): Generator<StreamStep> {
  const endOf = new Map<string, number>()
  events.forEach((event, index) => {
    if (event.event === 'span_end') endOf.set(event.id, index)
  })
  const times = new Times(events)
  const late = new Map<number, Event[]>()
  for (const [index, event] of events.entries()) {
    const after = completesAfter(events, index, endOf, times)
    if (event.event === 'model') yield { event, complete: false }
    if (after === index) yield { event, complete: true }
    else late.set(after, [...(late.get(after) ?? []), event])
    for (const waiting of (late.get(index) ?? []).toSorted(byCompletion)) yield { event: waiting, complete: true }
    late.delete(index)
  }
}

function byCompletion(a: Event, b: Event): number {
  return microseconds((a as ModelEvent).completed) - microseconds((b as ModelEvent).completed)
}

/** The index of the event after which this one was complete; its own for those that are complete at once. */
function completesAfter(
  events: readonly Event[],
  index: number,
  endOf: ReadonlyMap<string, number>,
  times: Times,
): number {
  const event = events[index]!
  if (event.event !== 'model' && event.event !== 'tool' && event.event !== 'subtask') return index
  const before = events[index - 1]
  if (
    event.event === 'tool' &&
    before?.event === 'span_begin' &&
    before.type === 'tool' &&
    before.name === event.function
  ) {
    return Math.max(index, endOf.get(before.id) ?? index)
  }
  const completed = microseconds(event.completed)
  return Number.isNaN(completed) ? index : times.firstAfter(index, completed) - 1
}

const blockSize = 256

/** When the events began, to be searched: long samples have tens of thousands, many at the same time. */
class Times {
  readonly #times: Float64Array
  /** The latest of each block, so that a search passes over blocks. */
  readonly #latest: Float64Array

  constructor(events: readonly Event[]) {
    this.#times = Float64Array.from(events, (event) => microseconds(event.timestamp))
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

function microseconds(timestamp: unknown): number {
  const time = parseTime(timestamp)
  return time ? time[0] * 1e6 + time[1] / 1000 : Number.NaN
}
