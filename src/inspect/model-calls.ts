import { jsonText } from './json-text.ts'
import type { Event, ModelEvent, SampleLimitEvent } from './records.ts'
import { addSeconds, compareTimes, earliest, parseTime, secondsBetween, type HrTime } from '../time.ts'

/**
 * A failed attempt of a model call has no end in the log, and nothing says which event is the next attempt. Both are
 * worked out here, once, for the retry hooks of a replay and for the spans.
 */
export interface FailedAttempt {
  readonly event: ModelEvent
  readonly end: HrTime
  /** The call went on: the attempt that followed, when it started, and for how many seconds at most was waited for it. */
  readonly next?: { readonly event: ModelEvent; readonly start: HrTime; readonly wait: number } | undefined
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
  const limits = [...limitsOfAnswers(events)].filter(([, at]) => (events[at] as SampleLimitEvent).type !== 'turn')
  return new Set(limits.map(([answer]) => answer))
}

/**
 * The limits that answers exceeded: an answer is complete, and then the event of the limit follows in its span. Where
 * several came at once, each has one of its own.
 */
export function limitsOfAnswers(events: readonly Event[]): Map<ModelEvent, number> {
  const limits = new Map<ModelEvent, number>()
  const free = events.flatMap((event, at) =>
    event.event === 'sample_limit' && answerLimits.has(event.type) ? [{ event, at }] : [],
  )
  if (free.length === 0) return limits
  const answers = events.flatMap((event) => (event.event === 'model' && isAnswerWithoutEnd(event) ? [event] : []))
  for (const answer of answers.toSorted((a, b) => compareTimes(whenItCame(a), whenItCame(b)))) {
    const came = whenItCame(answer)
    const index = free.findIndex(
      ({ event }) => event.span_id === answer.span_id && compareTimes(parseTime(event.timestamp) ?? came, came) >= 0,
    )
    const [limit] = index < 0 ? [] : free.splice(index, 1)
    if (limit) limits.set(answer, limit.at)
  }
  return limits
}

/** To a fraction of a millisecond. */
function whenItCame({ timestamp, output }: ModelEvent): HrTime {
  return addSeconds(parseTime(timestamp) ?? [0, 0], (output?.time ?? 0) - 0.001)
}

const answerLimits = new Set(['token', 'cost', 'turn'])

/** A model answered, and a limit kept the answer from whoever had asked. */
function isAnswerWithoutEnd({ completed, pending, error, output }: ModelEvent): boolean {
  return completed === undefined && !pending && error === undefined && output?.usage !== undefined
}

/** The failed attempts among the events of one sample attempt, in order. `endOfSpan` bounds those that nothing follows. */
export function failedAttempts(
  events: readonly Event[],
  endOfSpan: (spanId: string | undefined) => HrTime | undefined,
): FailedAttempt[] {
  const models = events.flatMap((event, index): Placed[] =>
    event.event === 'model' ? [{ event, index, time: parseTime(event.timestamp) }] : [],
  )
  if (!models.some(({ event }) => isFailedAttempt(event))) return []
  const chains = [...Map.groupBy(models, ({ event }) => callKey(event)).values()].flatMap(chainsOf)
  return chains
    .flatMap((chain) =>
      chain.flatMap((step, at) => (isFailedAttempt(step.event) ? [toAttempt(chain, at, events, endOfSpan)] : [])),
    )
    .toSorted((a, b) => a.index - b.index)
    .map(({ failed }) => failed)
}

interface Placed {
  readonly event: ModelEvent
  readonly index: number
  readonly time: HrTime | undefined
}

/**
 * The attempts of each call, out of those that ask for the same: an answer has the time of its call's begin, so what
 * failed since may have been its. Where several calls run at once, the one that was tried least is tried.
 */
function chainsOf(attempts: readonly Placed[]): Placed[][] {
  const answered = attempts
    .filter(({ event }) => event.completed !== undefined)
    .map((answer) => ({ answer, failed: [] as Placed[] }))
  const open: Placed[][] = []
  for (const attempt of attempts) {
    if (attempt.event.completed !== undefined) continue
    let owner: (typeof answered)[number] | undefined
    // Those that come later win over those that come first.
    for (const call of answered) {
      const isFirst = owner === undefined || call.failed.length <= owner.failed.length
      if (isFirst && mayLeadTo(attempt, call.answer)) owner = call
    }
    if (owner) {
      owner.failed.push(attempt)
      continue
    }
    const last = open.at(-1)
    const goesOn =
      last !== undefined && isFailedAttempt(last.at(-1)!.event) && !isLastAttempt(last.at(-1)!.event, last.length)
    if (goesOn) last.push(attempt)
    else open.push([attempt])
  }
  return [...open, ...answered.map(({ answer, failed }) => [...failed, answer])]
}

function mayLeadTo(attempt: Placed, answer: Placed): boolean {
  const { time } = attempt
  const isBefore = time !== undefined && answer.time !== undefined && compareTimes(answer.time, time) <= 0
  return (
    isBefore &&
    attempt.index < answer.index &&
    isFailedAttempt(attempt.event) &&
    !cancellations.has(attempt.event.error!)
  )
}

function toAttempt(
  chain: readonly Placed[],
  at: number,
  events: readonly Event[],
  endOfSpan: (spanId: string | undefined) => HrTime | undefined,
): { failed: FailedAttempt; index: number } {
  const { event, index } = chain[at]!
  const start = parseTime(event.timestamp) ?? [0, 0]
  const common = { event, attempt: at + 1, first: parseTime(chain[0]!.event.timestamp) ?? start }
  const next = chain[at + 1]
  if (!next) {
    return { index, failed: { ...common, end: ownEnd(event, start) ?? bounded(start, endOfSpan(event.span_id)) } }
  }
  const nextStart = startOfRequest(next.event) ?? start
  const wait = secondsBetween(ownEnd(event, start) ?? start, nextStart)
  const spent = workingSeconds(event, next.event, events[next.index + 1])
  const end = ownEnd(event, start) ?? addSeconds(start, spent <= secondsBetween(start, nextStart) ? spent : 0)
  return {
    index,
    failed: { ...common, end: earliest(end, nextStart), next: { event: next.event, start: nextStart, wait } },
  }
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

/** In seconds; no call takes years. */
const longestCall = 1e8

/** A successful event's timestamp lies before all failed attempts; its own request began `working_time` before its end. */
function startOfRequest(event: ModelEvent): HrTime | undefined {
  const end = parseTime(event.completed)
  const { working_time: spent = Number.NaN } = event
  if (!end || !(spent >= 0 && spent < longestCall)) return parseTime(event.timestamp)
  const [seconds, nanoseconds] = end
  return addSeconds([seconds - Math.ceil(spent), nanoseconds], Math.ceil(spent) - spent)
}

/**
 * Inspect's working clock stands still during back-off, so what it advanced between two events is what was spent. Newer
 * versions leave out attempts that were tried again, and then it is a few milliseconds that something else took.
 */
function workingSeconds(failed: ModelEvent, next: ModelEvent, after: Event | undefined): number {
  const from = failed.working_start ?? Number.NaN
  const spent =
    next.completed === undefined
      ? (next.working_start ?? Number.NaN) - from
      : (after?.working_start ?? Number.NaN) - from - (next.working_time ?? 0)
  return spent > 0 ? spent : 0
}
