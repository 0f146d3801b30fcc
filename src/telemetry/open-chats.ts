import { failedAttempts } from '../inspect/model-calls.ts'
import type { Event, ModelEvent } from '../inspect/records.ts'
import { addSeconds, latest, parseTime, type HrTime } from '../time.ts'
import { chatItems, type Retry } from './chat.ts'
import { eventKey, leanEvent } from './event-key.ts'
import { spanId } from './ids.ts'
import type { RawItem } from './mapped.ts'
import type { OpenParts } from './open-parts.ts'
import { retriesOfCalls, type OpenCall, type Retries } from './retries.ts'

/** The calls of models in one attempt, each until its span is given out. */
export class OpenChats {
  readonly #parts: OpenParts
  readonly #retries: Retries
  readonly #events = new Map<string, ModelEvent>()
  /** Model events, and what follows each: enough to tell the attempts of a call apart. */
  readonly #trail: Event[] = []

  constructor(parts: OpenParts, retries: Retries) {
    this.#parts = parts
    this.#retries = retries
  }

  /** Told of every event, in the order in which they come. */
  follow(event: Event): void {
    if (event.event === 'model' || this.#trail.at(-1)?.event === 'model') this.#trail.push(leanEvent(event))
  }

  /** False when its span was given out already. */
  take(event: ModelEvent): boolean {
    const key = eventKey(event)
    if (this.#parts.done.has(key)) return false
    if (!this.#events.has(key)) this.#parts.counts.add(event.span_id, 'inference')
    this.#events.set(key, event)
    return true
  }

  /** A call during which there were back-offs waits until it is known whose they were. */
  ifClear(event: ModelEvent): RawItem[] {
    const start = parseTime(event.timestamp)
    const end = parseTime(event.completed)
    if (!start || !end || this.#retries.between(event.model, start, end).length > 0) return []
    return this.#give(eventKey(event), event, undefined)
  }

  /** All that are left, at the end of the attempt; `events` are those of the finished sample. */
  remaining(events: readonly Event[] | undefined, bound: HrTime): RawItem[] {
    const endOfSpan = (id: string | undefined): HrTime => this.#parts.spans.endOf(id) ?? bound
    const failed = this.#events.size > 0 ? failedAttempts(events ?? this.#trail, endOfSpan) : []
    const ends = new Map(failed.map((attempt) => [eventKey(attempt.event), attempt.end]))
    const calls = [...this.#events].map(([key, event]): OpenCall => ({
      key,
      event,
      ...endOfCall(event, ends.get(key), endOfSpan(event.span_id)),
    }))
    const retries = retriesOfCalls(calls, failed, this.#retries)
    return calls.flatMap(({ key, event, end, incomplete }) =>
      this.#give(key, event, { end, incomplete, retries: retries.get(key) ?? [] }),
    )
  }

  #give(
    key: string,
    event: ModelEvent,
    bound: { end: HrTime; incomplete?: boolean; retries?: Retry[] } | undefined,
  ): RawItem[] {
    const { scope, spans, done } = this.#parts
    const parentSpanId = spans.enclosing(event.span_id) ?? (bound && spans.outer)
    const end = parseTime(event.completed) ?? bound?.end
    if (parentSpanId === undefined || !end) return []
    this.#events.delete(key)
    done.add(key)
    const start = parseTime(event.timestamp) ?? end
    const place = {
      spanId: spanId(scope.traceId, 'event', event.uuid ?? key),
      parentSpanId,
      end: latest(start, end),
      incomplete: bound?.incomplete ?? false,
    }
    const retries = bound?.retries ?? []
    this.#retries.take(retries)
    return chatItems(event, place, retries, scope)
  }
}

/** `failedAt`: when it failed, as far as that can be told from what followed; `bound`: when what was left came to its end. */
function endOfCall(
  event: ModelEvent,
  failedAt: HrTime | undefined,
  bound: HrTime,
): { end: HrTime; incomplete: boolean } {
  const known = parseTime(event.completed) ?? failedAt
  if (known) return { end: known, incomplete: false }
  const start = parseTime(event.timestamp)
  const seconds = event.output?.time
  // Answered, and then stopped by the limit that the answer tripped.
  if (!event.pending && event.error === undefined && seconds !== undefined && start)
    return { end: addSeconds(start, seconds), incomplete: false }
  return { end: bound, incomplete: true }
}
