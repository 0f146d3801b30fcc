import type { EvalError, EvalLog, EvalSample, EvalSampleSummary, Event, SpanBeginEvent } from '../inspect/records.ts'
import { asStreamed } from '../inspect/resolve.ts'
import { compareTimes, earliest, formatTimestamp, latest, parseTime, type HrTime } from '../time.ts'
import { startSummary } from '../inspect/start-summary.ts'

/** Whether an earlier log of the same task has this event. */
export type IsHistory = (event: Event) => boolean

export interface SampleAttempt {
  /** Whether its input could be made ready; nothing was said of the sample when not. */
  readonly prepared: boolean
  /** Whether it came past its init; it fired no hooks when not. */
  readonly started: boolean
  /** Whether its solvers began; where they did not, a hook of its start raised. */
  readonly ran: boolean
  /** Those that were streamed: from the begin of the solvers on. */
  readonly events: readonly Event[]
  readonly summary: EvalSampleSummary
  /** When its init began, when its solvers did, and when it was over. */
  readonly scheduled: HrTime
  readonly start: HrTime
  readonly end: HrTime
  readonly error: EvalError | null
  readonly will_retry: boolean
}

/** All attempts at a sample in the run that wrote the log, the last one too. */
export function attemptsOf(log: EvalLog, sample: EvalSample, completed: HrTime, isHistory: IsHistory): SampleAttempt[] {
  const retries = ownRetries(log, sample, isHistory)
  const begin = attemptBegin(sample)
  // Old logs may have no events, and Inspect may have taken them out, to be able to write the sample.
  const isBare = sample.events.length === 0
  const solvers = parseTime(sample.events[begin]?.timestamp)
  const scheduled = parseTime(sample.events[0]?.timestamp) ?? parseTime(sample.started_at) ?? solvers ?? completed
  // An attempt that failed before its first model call leaves nothing to tell its time by.
  const starts = retries.map(({ events = [] }) => parseTime(events[0]?.timestamp))
  let ended = starts.find((time) => time !== undefined) ?? scheduled
  const failed = retries.map(({ events = [], ...error }, index): SampleAttempt => {
    const start = starts[index] ?? ended
    ended = events.reduce((last, event) => latest(last, parseTime(event.timestamp)), start)
    const died = diedIn(error, events)
    // Where a run keeps no events outside of memory, those of an attempt without model calls are all there.
    const streamed = events.slice(Math.max(0, solversBegin(events))).map(asStreamed)
    const summary = startSummary(sample, formatTimestamp(start))
    return {
      prepared: died !== 'input',
      started: died === undefined,
      ran: died === undefined,
      events: streamed,
      summary,
      scheduled: start,
      start,
      end: ended,
      error,
      will_retry: true,
    }
  })
  return [
    ...failed,
    {
      prepared:
        begin >= 0 ||
        isBare ||
        sample.total_time !== undefined ||
        sample.events.some((event) => event.event === 'sample_init'),
      // Only what started has a duration.
      started: begin >= 0 || isBare || sample.total_time !== undefined,
      ran: begin >= 0 || isBare,
      events:
        begin < 0
          ? []
          : sample.events.slice(begin).filter((event) => event.event !== 'score_edit' && !isAfter(event, completed)),
      summary: startSummary(sample, formatTimestamp(scheduled)),
      scheduled,
      start: solvers ?? parseTime(sample.started_at) ?? completed,
      end: completed,
      error: sample.error ?? null,
      will_retry: false,
    },
  ]
}

/** Where the attempt begins among the events of its sample. Older logs have no span for it, nor one for its init. */
function attemptBegin({ events }: EvalSample): number {
  const solvers = solversBegin(events)
  if (solvers >= 0) return solvers
  const init = events.find((event) => isTopSpan(event, 'init'))
  if (init && !events.some((event) => event.event === 'span_begin' && event.type === 'solver')) return -1
  const last = events.findIndex((event) =>
    init ? event.event === 'span_end' && event.id === init.id : event.event === 'sample_init',
  )
  return last + 1 < events.length ? last + 1 : -1
}

function solversBegin(events: readonly Event[]): number {
  return events.findIndex((event) => isTopSpan(event, 'solvers'))
}

/** The begin of one of Inspect's own spans; those of a solver may have the same name. */
export function isTopSpan(event: Event, name: 'init' | 'solvers' | 'scorers'): event is SpanBeginEvent {
  return event.event === 'span_begin' && event.name === name && event.parent_id === undefined
}

/** What of an attempt could not be made ready. Its error was raised there, and it has no events of solvers. */
function diedIn({ traceback }: EvalError, events: readonly Event[]): 'input' | 'sandbox' | undefined {
  const [first] = events
  // Where a run keeps no events outside of memory, all of them are there, and otherwise none.
  const ran = first !== undefined && (!isTopSpan(first, 'init') || solversBegin(events) >= 0)
  if (ran) return undefined
  if (/\bin materialize_sample_input\n/.test(traceback)) return 'input'
  return first !== undefined || /\bin sandboxenv_context\n/.test(traceback) ? 'sandbox' : undefined
}

/**
 * The retries of this run of the sample. A retried task puts the errors of earlier task attempts before them, which were
 * another run's: the error event of one that was not retried tells it, an earlier log has their events, or they lie
 * before this log's start, unless the whole sample does and was taken over.
 */
function ownRetries(log: EvalLog, sample: EvalSample, isHistory: IsHistory): NonNullable<EvalSample['error_retries']> {
  const limit = log.eval.config['retry_on_error']
  // At most so many are this run's, and they are the last.
  const retries = (sample.error_retries ?? []).slice(typeof limit === 'number' && limit > 0 ? -limit : Infinity)
  const start = parseTime(log.stats.started_at)
  const isBefore = ({ timestamp }: Event): boolean =>
    start !== undefined && compareTimes(parseTime(timestamp) ?? start, start) < 0
  const isTakenOver = sample.events.length > 0 && sample.events.every(isBefore)
  const isEarlier = ({ events = [] }: { events?: readonly Event[] | undefined }): boolean =>
    events.some((event) => event.event === 'error' || isHistory(event)) ||
    (!isTakenOver && events.length > 0 && events.every(isBefore))
  return retries.slice(retries.findLastIndex(isEarlier) + 1)
}

function isAfter(event: Event, completed: HrTime): boolean {
  const time = parseTime(event.timestamp)
  return time !== undefined && earliest(time, completed) !== time
}
