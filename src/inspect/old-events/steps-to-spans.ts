import { formatTimestamp, latest, parseTime, type HrTime } from '../../time.ts'
import type { Fields } from '../fields.ts'
import type { EventIds } from './event-ids.ts'
import { eventsWithin } from './nested-events.ts'

/**
 * The events as Inspect lists them since 0.3.94: steps are spans, and what happened within a tool or a sub-task follows
 * its event, in a span of its own. All have an id, and that of the span around them.
 */
export function stepsToSpans(events: readonly Fields[], ids: EventIds): Fields[] {
  const list = new SpanList(ids)
  list.add(events, undefined)
  return list.events
}

class SpanList {
  readonly events: Fields[] = []
  readonly #ids: EventIds
  /** Of all so far. */
  #latest: HrTime | undefined

  constructor(ids: EventIds) {
    this.#ids = ids
  }

  /** Adds a list of events of a sample, a tool or a sub-task, whose span is `enclosing`. */
  add(events: readonly Fields[], enclosing: unknown): void {
    const endOf = pairedSteps(events)
    const ends = new Set(endOf.values())
    const open: { readonly begin: Fields; readonly end: Fields | undefined }[] = []
    const closeLost = (): void => {
      while (open.length > 0 && !open.at(-1)!.end) this.#end(open.pop()!.begin, undefined)
    }
    for (const event of events) {
      if (event['event'] !== 'step') this.#addEvent(event, open.at(-1)?.begin['id'] ?? enclosing)
      else if (event['action'] === 'begin') {
        // A solver that raised or ran into a limit has no end, and what comes next is scoring.
        if (event['type'] === 'scorer') closeLost()
        const parent = open.at(-1)?.begin['id'] ?? enclosing
        const begin = this.#begin(event, event['type'] ?? event['name'], event['name'], parent)
        open.push({ begin, end: endOf.get(event) })
      } else if (ends.has(event)) {
        closeLost()
        this.#end(open.pop()!.begin, event['timestamp'])
      }
    }
    closeLost()
  }

  #addEvent(event: Fields, parent: unknown): void {
    const within = eventsWithin(event)
    const isSubtask = event['event'] === 'subtask'
    if (within.length === 0 && !(isSubtask && event['span_id'] === undefined)) {
      this.#push(event, parent)
      return
    }
    const begin = this.#begin(event, event['event'], isSubtask ? event['name'] : event['function'], parent)
    event['events'] = []
    // Today as well, a sub-task is recorded within its span and a tool before it.
    this.#push(event, isSubtask ? begin['id'] : parent)
    this.add(within, begin['id'])
    this.#end(begin, event['completed'])
  }

  #begin({ timestamp, working_start }: Fields, type: unknown, name: unknown, parent: unknown): Fields {
    const id = this.#ids.next()
    const begin: Fields = { event: 'span_begin', timestamp, id, type: text(type), name: text(name) }
    if (working_start !== undefined) begin['working_start'] = working_start
    if (parent !== undefined) begin['parent_id'] = parent
    this.#push(begin, id)
    return begin
  }

  /** What something that was raised has left without an end, ends with the last that happened. */
  #end({ id, timestamp: begun }: Fields, timestamp: unknown): void {
    const end = timestamp ?? (this.#latest ? formatTimestamp(this.#latest) : begun)
    this.#push({ event: 'span_end', timestamp: end, id }, id)
  }

  #push(event: Fields, spanId: unknown): void {
    // An id that is there was made up, anew each time, when a newer Inspect rewrote the log.
    event['uuid'] = this.#ids.next()
    if (spanId !== undefined) event['span_id'] ??= spanId
    this.events.push(event)
    for (const time of [event['timestamp'], event['completed']]) {
      const parsed = parseTime(time)
      if (parsed) this.#latest = latest(parsed, this.#latest)
    }
  }
}

/** The ends of steps by their begins. Steps in which something was raised have none. */
function pairedSteps(events: readonly Fields[]): Map<Fields, Fields> {
  const endOf = new Map<Fields, Fields>()
  const open: Fields[] = []
  for (const event of events) {
    if (event['event'] !== 'step') continue
    if (event['action'] === 'begin') {
      open.push(event)
      continue
    }
    const index = open.findLastIndex(({ name, type }) => name === event['name'] && type === event['type'])
    if (index < 0) continue
    endOf.set(open[index]!, event)
    open.length = index
  }
  return endOf
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
