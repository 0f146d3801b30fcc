import type { HookData, HookEvent, HookName } from '../hooks/hooks.ts'
import { failedAttempts, type FailedAttempt } from '../inspect/model-calls.ts'
import type { EvalLog, EvalSample, EvalSampleSummary, Event, ModelEvent } from '../inspect/records.ts'
import { compareTimes, earliest, formatTime, latest, parseTime, type HrTime } from '../time.ts'
import { streamOrder } from './stream-order.ts'

/** The ids that every hook of a sample carries. */
export interface Ids {
  readonly eval_set_id: string | null
  readonly run_id: string
  readonly eval_id: string
  readonly sample_id: string
}

/** Whether an earlier log of the same task has this event. */
export type IsHistory = (event: Event) => boolean

/**
 * The hooks that Inspect fired for a sample, in their order, as far as its log tells. What a log does not hold: the
 * events of earlier attempts before their last model call, ids in `BeforeModelGenerate`, exact back-off waits.
 */
export function* sampleEvents(log: EvalLog, sample: EvalSample, isHistory: IsHistory): Generator<HookEvent> {
  const spec = log.eval
  const ids: Ids = {
    eval_set_id: spec.eval_set_id ?? null,
    run_id: spec.run_id,
    eval_id: spec.eval_id,
    sample_id: sample.uuid ?? `${sample.id}_epoch_${sample.epoch}`,
  }
  const begin = sample.events.findIndex((event) => event.event === 'span_begin' && event.name === 'solvers')
  const completed = parseTime(sample.completed_at) ??
    parseTime(sample.events.at(-1)?.timestamp) ??
    parseTime(spec.created) ?? [0, 0]
  const started = parseTime(sample.started_at) ?? parseTime(sample.events[begin]?.timestamp) ?? completed
  const scheduled = parseTime(sample.events[0]?.timestamp) ?? started
  const summary = startSummary(sample)
  const retries = ownRetries(log, sample, isHistory)

  // Without it the sample's input could not be made ready, and nothing was said of its start.
  if (begin >= 0 || sample.events.some((event) => event.event === 'sample_init')) {
    yield fire('onSampleInit', { ...ids, summary }, scheduled)
  }
  const ran = begin >= 0 || retries.length > 0
  if (ran) yield fire('onSampleStart', { ...ids, summary }, started)

  let attempt = 0
  let ended = scheduled
  for (const { events = [], ...error } of retries) {
    attempt += 1
    // An attempt that failed before its first model call leaves nothing to tell its time by.
    const from = parseTime(events[0]?.timestamp) ?? ended
    const to = events.reduce((last, event) => latest(last, parseTime(event.timestamp)), from)
    yield fire('onSampleAttemptStart', { ...ids, summary, attempt }, from)
    yield* attemptEvents(ids, spec.task, events, to)
    yield fire('onSampleAttemptEnd', { ...ids, summary, attempt, error, will_retry: true }, to)
    ended = to
  }
  if (begin >= 0) {
    attempt += 1
    const live = sample.events
      .slice(begin)
      .filter((event) => event.event !== 'score_edit' && !isAfter(event, completed))
    yield fire(
      'onSampleAttemptStart',
      { ...ids, summary, attempt },
      parseTime(sample.events[begin]?.timestamp) ?? started,
    )
    yield* attemptEvents(ids, spec.task, live, completed)
    yield fire(
      'onSampleAttemptEnd',
      { ...ids, summary, attempt, error: sample.error ?? null, will_retry: false },
      completed,
    )
  }
  yield fire('onSampleEnd', { ...ids, sample }, completed)
}

function* attemptEvents(ids: Ids, task: string, events: readonly Event[], end: HrTime): Generator<HookEvent> {
  const { sample_id: _, ...evalIds } = ids
  const ends = new Map(
    events.flatMap((event) => (event.event === 'span_end' ? [[event.id, parseTime(event.timestamp)]] : [])),
  )
  const failed = new Map(
    failedAttempts(events, (id) => (id === undefined ? undefined : ends.get(id)) ?? end).map((each) => [
      each.event,
      each,
    ]),
  )
  const solvers = events.find((event) => event.event === 'span_begin' && event.name === 'solvers')
  const solversId =
    solvers?.event === 'span_begin' ? solvers.id : events.findLast((event) => event.event === 'span_end')?.span_id
  let scored = false
  for (const { event, complete } of streamOrder(events)) {
    const time = parseTime(event.timestamp) ?? end
    if (!scored && event.event === 'span_begin' && event.name === 'scorers') {
      scored = true
      yield fire('onSampleScoring', ids, time)
    }
    if (event.event === 'model' && !complete) yield beforeGenerate(evalIds, task, event)
    if (!complete || event.pending) continue
    if (event.event === 'model') yield* afterGenerate(ids, task, event, failed.get(event))
    yield fire('onSampleEvent', { ...ids, event }, (event as ModelEvent).completed ?? event.timestamp)
    if (!scored && event.event === 'span_end' && event.id === solversId && !hasScorers(events)) {
      scored = true
      yield fire('onSampleScoring', ids, time)
    }
  }
  if (!scored) yield fire('onSampleScoring', ids, end)
}

function hasScorers(events: readonly Event[]): boolean {
  return events.some((event) => event.event === 'span_begin' && event.name === 'scorers')
}

export function beforeGenerate(ids: Omit<Ids, 'sample_id'>, task: string, event: ModelEvent): HookEvent {
  return fire(
    'onBeforeModelGenerate',
    {
      model_name: event.model,
      // Copies: a hook may change these, and the log's event is to stay as it was.
      input: [...event.input],
      tools: [...(event.tools ?? [])],
      tool_choice: event.tool_choice ?? null,
      config: { ...event.config },
      cache: event.cache ? 'write' : null,
      ...ids,
      sample_id: null,
      task_name: task,
    },
    event.timestamp,
  )
}

function* afterGenerate(
  ids: Ids,
  task: string,
  event: ModelEvent,
  failed: FailedAttempt | undefined,
): Generator<HookEvent> {
  if (failed?.next) yield modelRetry(ids, task, failed, failed.next.start)
  yield* modelUsage(ids, task, event)
}

/** `next` is when the attempt that followed began. */
export function modelRetry(ids: Ids, task: string, failed: FailedAttempt, next: HrTime): HookEvent {
  const { event, attempt, end } = failed
  const seconds = next[0] - end[0] + (next[1] - end[1]) / 1e9
  return fire(
    'onModelRetry',
    {
      model_name: event.model.slice(event.model.indexOf('/') + 1),
      attempt,
      wait_time: Math.max(0, Math.round(seconds * 1e6) / 1e6),
      ...ids,
      task_name: task,
      exception_type: /^([A-Za-z_][\w.]*)\(/.exec(event.error ?? '')?.[1] ?? null,
      status_code: statusIn(event.error ?? ''),
    },
    end,
  )
}

/** Nothing for a call that is not complete, and for a provider that does not count. */
export function* modelUsage(ids: Ids, task: string, event: ModelEvent): Generator<HookEvent> {
  const { sample_id: _, ...evalIds } = ids
  const usage = event.output?.usage
  const time = event.completed
  if (!usage || time === undefined) return
  if (event.cache === 'read') yield fire('onModelCacheUsage', { model_name: event.model, usage }, time)
  else {
    const call = {
      model_name: event.model,
      usage,
      call_duration: event.output?.time ?? 0,
      ...evalIds,
      task_name: task,
      retries: 0,
    }
    yield fire('onModelUsage', call, time)
  }
}

/** An HTTP status that the text of an error gives away: `429`, `Error code: 503`. */
function statusIn(message: string): number | null {
  const match =
    /\b(?:status(?:[ _]code)?|code|HTTP)\D{0,3}([45]\d\d)\b/i.exec(message) ??
    /\b(408|409|429|5[023]\d)\b/.exec(message)
  return match ? Number(match[1]) : null
}

/**
 * The retries of this run of the sample. A retried task puts the errors of earlier task attempts before them, which were
 * another run's: an earlier log has their events, or they lie before this log's start.
 */
function ownRetries(log: EvalLog, sample: EvalSample, isHistory: IsHistory): NonNullable<EvalSample['error_retries']> {
  const retries = sample.error_retries ?? []
  const start = parseTime(log.stats.started_at)
  const isEarlier = ({ events = [] }: { events?: readonly Event[] | undefined }): boolean =>
    events.some(isHistory) ||
    (start !== undefined &&
      events.length > 0 &&
      events.every((event) => compareTimes(parseTime(event.timestamp) ?? start, start) < 0))
  return retries.slice(retries.findLastIndex(isEarlier) + 1)
}

function isAfter(event: Event, completed: HrTime): boolean {
  const time = parseTime(event.timestamp)
  return time !== undefined && earliest(time, completed) !== time
}

/** The summary as the start hooks carry it: what was known before the sample ran, long texts cut. */
function startSummary(sample: EvalSample): EvalSampleSummary {
  return {
    id: sample.id,
    epoch: sample.epoch,
    input: thin(sample.input) as EvalSampleSummary['input'],
    target: thin(sample.target) as EvalSampleSummary['target'],
    metadata: Object.fromEntries(
      Object.entries(sample.metadata ?? {}).filter(([, value]) => JSON.stringify(value ?? null).length <= 1024),
    ),
    model_usage: {},
    role_usage: {},
    started_at: sample.started_at,
    uuid: sample.uuid,
    completed: false,
  }
}

function thin(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 1024 ? `${value.slice(0, 1021)}...` : value
  if (Array.isArray(value)) return value.map(thin)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, thin(part)]))
}

/** `time` may be a timestamp of the log, which is in UTC. */
export function fire<N extends HookName>(hook: N, data: HookData<N>, time: HrTime | string): HookEvent {
  const text = typeof time === 'string' ? time.replace('+00:00', 'Z') : formatTime(time)
  return { hook, data, meta: { time: text, host: 'inspect', replay: true } } as unknown as HookEvent
}
