import type { Event } from '../inspect/records.ts'
import { compareTimes, parseTime } from '../time.ts'

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
  const late = new Map<number, Event[]>()
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!
    const after = completesAfter(events, index, endOf)
    if (event.event === 'model') yield { event, complete: false }
    if (after === index) yield { event, complete: true }
    else late.set(after, [...(late.get(after) ?? []), event])
    for (const waiting of late.get(index) ?? []) yield { event: waiting, complete: true }
    late.delete(index)
  }
}

/** The index of the event after which this one was complete; its own for those that are complete at once. */
function completesAfter(events: readonly Event[], index: number, endOf: ReadonlyMap<string, number>): number {
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
  const completed = parseTime(event.completed)
  if (!completed) return index
  let last = index
  while (last + 1 < events.length) {
    const time = parseTime(events[last + 1]!.timestamp)
    if (!time || compareTimes(time, completed) > 0) break
    last += 1
  }
  return last
}
