import type { Event, SpanBeginEvent, ToolEvent } from '../inspect/records.ts'
import { latest, parseTime, type HrTime } from '../time.ts'
import { eventKey } from './event-key.ts'
import { spanId } from './ids.ts'
import type { RawItem } from './mapped.ts'
import type { OpenParts } from './open-parts.ts'
import { toolItems } from './spans.ts'
import { mayBelong, pairsByTime, pairsInLog, type ToolSpan } from './tool-spans.ts'

/** The calls of tools in one attempt, each until it is given out as one with the span that holds what the tool did. */
export class OpenTools {
  readonly #parts: OpenParts
  readonly #events = new Map<string, ToolEvent>()
  /** Spans of tools whose event is not known yet. */
  readonly #unpaired = new Map<string, SpanBeginEvent>()

  constructor(parts: OpenParts) {
    this.#parts = parts
  }

  /** The span of a tool has begun. */
  begin(event: SpanBeginEvent): void {
    this.#unpaired.set(event.id, event)
  }

  /** False when its span was given out already. */
  take(event: ToolEvent): boolean {
    const key = eventKey(event)
    if (this.#parts.done.has(key)) return false
    if (!this.#events.has(key)) this.#parts.counts.add(event.span_id, 'tool')
    this.#events.set(key, event)
    return true
  }

  /** A call waits as long as it could belong to none of the spans that have ended, or to more than one. */
  ifClear(event: ToolEvent): RawItem[] {
    let found: SpanBeginEvent | undefined
    for (const begin of this.#unpaired.values()) {
      if (!this.#parts.spans.endOf(begin.id) || !mayBelong(event, begin)) continue
      if (found) return []
      found = begin
    }
    return found ? this.#give(eventKey(event), event, found, undefined) : []
  }

  /** All that are left, at the end of the attempt; `events` are those of the finished sample. */
  remaining(events: readonly Event[] | undefined, bound: HrTime): RawItem[] {
    const { spans } = this.#parts
    const inLog = events ? pairsInLog(events, eventKey) : new Map<string, string>()
    const items = [...this.#events].flatMap(([key, event]) => {
      const begin = spans.beginOf(inLog.get(key))
      return begin && !spans.isGiven(begin.id) ? this.#give(key, event, begin, bound) : []
    })
    const byTime = pairsByTime([...this.#events.values()], this.#ended())
    return [
      ...items,
      ...[...this.#events].flatMap(([key, event]) => this.#give(key, event, byTime.get(event)?.begin, bound)),
    ]
  }

  #ended(): ToolSpan[] {
    return [...this.#unpaired.values()].flatMap((begin) => {
      const end = this.#parts.spans.endOf(begin.id)
      return end ? [{ begin, end }] : []
    })
  }

  #give(key: string, event: ToolEvent, begin: SpanBeginEvent | undefined, bound: HrTime | undefined): RawItem[] {
    const { scope, spans, done } = this.#parts
    const parentSpanId = spans.enclosing(event.span_id) ?? (bound && spans.outer)
    const start = parseTime(event.timestamp)
    const known = parseTime(event.completed) ?? spans.endOf(begin?.id)
    const end = known ?? bound
    if (parentSpanId === undefined || !start || !end) return []
    this.#events.delete(key)
    done.add(key)
    if (begin) {
      spans.give(begin.id)
      this.#unpaired.delete(begin.id)
    }
    const agent = spans.agentOf(event.span_id)?.name
    const place = {
      spanId: begin ? spans.idOf(begin.id) : spanId(scope.traceId, 'event', event.uuid ?? key),
      parentSpanId,
      start,
      end: latest(start, end),
      incomplete: !known,
    }
    return toolItems(event, place, begin?.id, agent, scope)
  }
}
