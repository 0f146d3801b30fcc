import type { Event, ModelEvent } from './records.ts'
import { addSeconds, compareTimes, parseTime, secondsBetween, type HrTime } from '../time.ts'

/**
 * A failed attempt of a model call has no end in the log, and nothing says which event is the next attempt. Both are
 * worked out here, once, for the retry hooks of a replay and for the spans.
 */
export interface FailedAttempt {
  readonly event: ModelEvent
  readonly end: HrTime
  /** The call went on: the attempt that followed, and when it started. */
  readonly next?: { readonly event: ModelEvent; readonly start: HrTime } | undefined
  /** From 1: how many attempts of the call had failed by then. */
  readonly attempt: number
  /** When the first attempt of the call began. */
  readonly first: HrTime
}

function isFailedAttempt(event: ModelEvent): boolean {
  return event.error !== undefined && event.completed === undefined && !event.pending
}

/**
 * The answers that were not counted as usage when they came: they exceeded a limit of tokens or cost, whose event follows
 * at once. They were given to nobody, and so have no end; those that exceeded a limit of turns have none either, but
 * count.
 */
export function refusedAnswers(events: readonly Event[]): Set<ModelEvent> {
  const limits = new Set(['token', 'cost', 'turn'])
  return new Set(
    events.flatMap((event, index) => {
      if (event.event !== 'model' || !isAnswerWithoutEnd(event)) return []
      const limit = events.find((other, at) => at > index && other.event === 'sample_limit' && limits.has(other.type))
      return limit?.event === 'sample_limit' && limit.type !== 'turn' ? [event] : []
    }),
  )
}

/** A model answered, and a limit kept the answer from whoever had asked. */
export function isAnswerWithoutEnd({ completed, pending, error, output }: ModelEvent): boolean {
  return completed === undefined && !pending && error === undefined && output?.usage !== undefined
}

/** The failed attempts among the events of one sample attempt, in order. `endOfSpan` bounds those that nothing follows. */
export function failedAttempts(
  events: readonly Event[],
  endOfSpan: (spanId: string | undefined) => HrTime | undefined,
): FailedAttempt[] {
  const found: FailedAttempt[] = []
  if (!events.some((event) => event.event === 'model' && isFailedAttempt(event))) return found
  const calls = new Map<string, { attempts: number; first: HrTime }>()
  events.forEach((event, index) => {
    if (event.event !== 'model') return
    const key = callKey(event)
    if (!isFailedAttempt(event)) {
      calls.delete(key)
      return
    }
    const start = parseTime(event.timestamp) ?? [0, 0]
    const call = calls.get(key) ?? { attempts: 0, first: start }
    calls.set(key, call)
    call.attempts += 1
    const common = { event, attempt: call.attempts, first: call.first }
    const nextIndex = events.findIndex((other, at) => at > index && other.event === 'model' && callKey(other) === key)
    const next = events[nextIndex] as ModelEvent | undefined
    if (!next) {
      found.push({ ...common, end: ownEnd(event, start) ?? bounded(start, endOfSpan(event.span_id)) })
      return
    }
    const nextStart = startOfRequest(next) ?? start
    const spent = workingSeconds(event, next, events[nextIndex + 1])
    const end = ownEnd(event, start) ?? addSeconds(start, spent <= secondsBetween(start, nextStart) ? spent : 0)
    found.push({ ...common, end, next: { event: next, start: nextStart } })
  })
  return found
}

/** What attempts of one call have in common. Their input is the same, so the last message tells calls apart. */
function callKey(event: ModelEvent): string {
  const last = JSON.stringify(event.input.at(-1) ?? null).slice(0, 500)
  return `${event.span_id}|${event.model}|${event.role}|${event.input.length}|${last}`
}

function ownEnd(event: ModelEvent, start: HrTime): HrTime | undefined {
  const seconds = event.call?.time
  return seconds === undefined ? undefined : addSeconds(start, seconds)
}

function bounded(start: HrTime, end: HrTime | undefined): HrTime {
  return end && compareTimes(end, start) > 0 ? end : start
}

/** A successful event's timestamp lies before all failed attempts; its own request began `working_time` before its end. */
function startOfRequest(event: ModelEvent): HrTime | undefined {
  const end = parseTime(event.completed)
  if (!end || event.working_time === undefined) return parseTime(event.timestamp)
  const [seconds, nanoseconds] = end
  return addSeconds(
    [seconds - Math.ceil(event.working_time), nanoseconds],
    Math.ceil(event.working_time) - event.working_time,
  )
}

/** Inspect's working clock stands still during back-off, so what it advanced between two events is what was spent. */
function workingSeconds(failed: ModelEvent, next: ModelEvent, after: Event | undefined): number {
  const from = failed.working_start ?? Number.NaN
  const spent =
    next.completed === undefined
      ? (next.working_start ?? Number.NaN) - from
      : (after?.working_start ?? Number.NaN) - from - (next.working_time ?? 0)
  return spent > 0 ? spent : 0
}
