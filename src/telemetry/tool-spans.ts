import type { Event, SpanBeginEvent, ToolEvent } from '../inspect/records.ts'
import { compareTimes, isLater, parseTime, type HrTime } from '../time.ts'

/** A span of type `tool` that has ended and whose tool event is not known yet. */
export interface ToolSpan {
  readonly begin: SpanBeginEvent
  readonly end: HrTime
}

/**
 * Inspect records a tool call twice: as an event, created before the tool's span opens, and as that span, which holds
 * what the tool did. Nothing names the pair. Could this be one?
 */
export function mayBelong(event: ToolEvent, begin: SpanBeginEvent): boolean {
  if (begin.name !== event.function || begin.parent_id !== event.span_id || event.completed === undefined) return false
  return !isLater(event.timestamp, begin.timestamp) && !isLater(begin.timestamp, event.completed)
}

/** The pairs that a log gives away: there a tool event follows its span's begin at once. Event key → span id. */
export function pairsInLog(events: readonly Event[], keyOf: (event: Event) => string): Map<string, string> {
  const pairs = new Map<string, string>()
  for (let index = 1; index < events.length; index++) {
    const event = events[index]!
    const before = events[index - 1]!
    if (event.event !== 'tool' || before.event !== 'span_begin' || before.type !== 'tool') continue
    if (before.name === event.function && before.parent_id === event.span_id) pairs.set(keyOf(event), before.id)
  }
  return pairs
}

/** Pairs by time, where only live events are known: calls of one name complete in the order in which their spans end. */
export function pairsByTime(events: readonly ToolEvent[], spans: readonly ToolSpan[]): Map<ToolEvent, ToolSpan> {
  const free = new Set([...spans].toSorted((a, b) => compareTimes(a.end, b.end)))
  const pairs = new Map<ToolEvent, ToolSpan>()
  const byCompletion = [...events].toSorted((a, b) =>
    compareTimes(parseTime(a.completed) ?? [0, 0], parseTime(b.completed) ?? [0, 0]),
  )
  for (const event of byCompletion) {
    for (const span of free) {
      if (!mayBelong(event, span.begin)) continue
      pairs.set(event, span)
      free.delete(span)
      break
    }
  }
  return pairs
}
