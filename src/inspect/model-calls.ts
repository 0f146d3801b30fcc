import { jsonText } from './json-text.ts'
import type { Event, ModelEvent } from './records.ts'
import { addSeconds, compareTimes, earliest, parseTime, secondsBetween, type HrTime } from '../time.ts'

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

export function isFailedAttempt(event: ModelEvent): boolean {
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
    const nextIndex = isLastAttempt(event, call.attempts)
      ? -1
      : events.findIndex((other, at) => at > index && other.event === 'model' && callKey(other) === key)
    const next = events[nextIndex] as ModelEvent | undefined
    if (!next || isOtherCall(next, start)) {
      calls.delete(key)
      found.push({ ...common, end: ownEnd(event, start) ?? bounded(start, endOfSpan(event.span_id)) })
      return
    }
    const nextStart = startOfRequest(next) ?? start
    const spent = workingSeconds(event, next, events[nextIndex + 1])
    const end = ownEnd(event, start) ?? addSeconds(start, spent <= secondsBetween(start, nextStart) ? spent : 0)
    found.push({ ...common, end: earliest(end, nextStart), next: { event: next, start: nextStart } })
  })
  return found
}

/** Whether the call was not tried again: it had all its attempts, or was cancelled. */
function isLastAttempt({ config, error }: ModelEvent, attempts: number): boolean {
  const retries = config?.['max_retries']
  return (typeof retries === 'number' && attempts > retries) || cancellations.has(error ?? '')
}

/** What Inspect writes as the error of a call that was cancelled. */
const cancellations: ReadonlySet<string> = new Set([
  'Cancelled by operator',
  'Cancelled by limit',
  'Cancelled by system',
  "RuntimeError('model call cancelled')",
])

/** An answer has the time of its call's begin, before all failed attempts. */
function isOtherCall({ completed, timestamp }: ModelEvent, failed: HrTime): boolean {
  const start = parseTime(timestamp)
  return completed !== undefined && start !== undefined && compareTimes(start, failed) > 0
}

/** What attempts of one call have in common. Their input is the same, so the last message tells calls apart. */
export function callKey(event: ModelEvent): string {
  const last = jsonText(event.input.at(-1))?.slice(0, 500)
  return `${event.span_id}|${event.model}|${event.role}|${event.input.length}|${last}`
}

/** The end that an event tells: by what its provider measured, or by the time that its attempts had. */
function ownEnd({ call, config, error }: ModelEvent, start: HrTime): HrTime | undefined {
  if (call?.time !== undefined) return addSeconds(start, call.time)
  const timeout = config?.['attempt_timeout']
  const isTimeout = typeof timeout === 'number' && error?.startsWith('AttemptTimeoutError(')
  return isTimeout ? addSeconds(start, timeout) : undefined
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
