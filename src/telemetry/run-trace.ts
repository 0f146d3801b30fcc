import type { AttributeValue, HrTime, Measurement } from '../delivery/item.ts'
import type { RunEnd, RunStart, TaskStart } from '../hooks/events.ts'
import type { EvalLog, EvalPlan, EvalResults, EvalSpec } from '../inspect/records.ts'
import { earliest, latest, parseTime, secondsBetween } from '../time.ts'
import { contentOf } from './content.ts'
import { cancelled, spanError } from './errors.ts'
import { recordException } from './exceptions.ts'
import { runTraceId, spanId } from './ids.ts'
import { instrument, measure } from './instruments.ts'
import { modelName } from './models.ts'
import { attributesOf, spanItem, type OpenSpan, type RawItem } from './mapped.ts'
import type { TelemetrySettings } from './settings.ts'
import { attribute } from './semconv.ts'
import { totalUsage } from './usage.ts'

/** A span holds 128 attributes; the metrics of a task may take this many of them. */
const maximumMetrics = 48

interface Task {
  readonly spec: EvalSpec
  /** Names of the plan's solvers. */
  readonly solvers: readonly string[]
  start: HrTime | undefined
  end: HrTime | undefined
  reused: number
  closed: boolean
}

/** The small trace of a run: the set it belongs to, the run, and its tasks. */
export class RunTrace {
  readonly traceId: string
  readonly #runId: string
  readonly #setId: string | undefined
  readonly #settings: TelemetrySettings
  readonly #toldSets: Set<string>
  readonly #tasks = new Map<string, Task>()
  #taskCount: number | undefined
  #revision: string | undefined
  #start: HrTime | undefined
  #end: HrTime | undefined

  /** `toldSets`: the sets whose marker was given out. */
  constructor(runId: string, setId: string | undefined, settings: TelemetrySettings, toldSets: Set<string>) {
    this.#toldSets = toldSets
    this.#runId = runId
    this.#setId = setId
    this.#settings = settings
    this.traceId = runTraceId(setId ?? runId)
  }

  get runSpanId(): string {
    return spanId(this.traceId, 'eval_run', this.#runId)
  }

  taskSpanId(evalId: string): string {
    return spanId(this.traceId, 'eval_task', evalId)
  }

  start(data: RunStart, time: HrTime | undefined): OpenSpan[] {
    this.#taskCount = data.task_names.length
    if (!time) return []
    const setSpanId = this.#setSpanId()
    const run = {
      ...this.#place(this.runSpanId, setSpanId),
      name: 'eval_run',
      start: time,
      attributes: this.#runAttributes(),
    }
    if (setSpanId === undefined) return [run]
    return [{ ...this.#place(setSpanId, undefined), name: 'eval_set', start: time, attributes: {} }, run]
  }

  taskStart({ spec, plan }: TaskStart, time: HrTime | undefined): { items: RawItem[]; open: OpenSpan[] } {
    const created = parseTime(spec.created) ?? time
    const items = this.#set(created)
    this.#revision ??= spec.revision?.commit
    if (!this.#tasks.has(spec.eval_id)) {
      this.#tasks.set(spec.eval_id, newTask(spec, plan, created))
    }
    const place = this.#place(this.taskSpanId(spec.eval_id), this.runSpanId)
    return {
      items,
      open: time
        ? [{ ...place, name: `eval_task ${spec.task}`, start: time, attributes: this.#taskIdentity(spec) }]
        : [],
    }
  }

  /** What is evaluated, once the task has started. */
  task(evalId: string): Pick<Task, 'spec' | 'solvers'> | undefined {
    return this.#tasks.get(evalId)
  }

  /** A sample of the task was at work until then. */
  sampleEnd(evalId: string, completed: HrTime | undefined): void {
    const task = this.#tasks.get(evalId)
    if (task) task.end = latest(task.end, completed)
  }

  /** A sample was taken over from an earlier log, which holds its story. */
  sampleReused(evalId: string): void {
    const task = this.#tasks.get(evalId)
    if (task) task.reused += 1
  }

  /** The task's log is final: its span, unless it was given out before. */
  taskEnd(log: EvalLog): RawItem[] {
    const spec = log.eval
    const task = this.#tasks.get(spec.eval_id) ?? newTask(spec, log.plan, parseTime(spec.created))
    this.#tasks.set(spec.eval_id, task)
    if (task.closed) return []
    task.closed = true
    // The log tells whole seconds only, so what is known of the samples may lie outside.
    const logStart = parseTime(log.stats.started_at)
    const start = earliest(logStart ?? task.start, task.start) ?? [0, 0]
    const end = latest(start, latest(parseTime(log.stats.completed_at), task.end))
    this.#start = earliest(this.#start, start)
    // A task without a log ends where its run does, and says nothing of when that is.
    this.#end = latest(this.#end, logStart ? end : task.end)
    const failure = log.error
      ? spanError(log.error, this.#settings)
      : log.status === 'cancelled'
        ? { type: cancelled, message: 'cancelled' }
        : log.status === 'error'
          ? { type: 'fail_on_error', message: 'more samples failed than fail_on_error allows' }
          : undefined
    const status =
      log.status === 'success'
        ? 'success'
        : log.status === 'cancelled'
          ? 'aborted'
          : log.status === 'started'
            ? 'in_progress'
            : 'failure'
    const usage = totalUsage(log.stats.model_usage)
    const body = {
      ...this.#place(this.taskSpanId(spec.eval_id), this.runSpanId),
      name: `eval_task ${spec.task}`,
      start,
      end,
      attributes: {
        ...this.#taskIdentity(spec),
        ...attributesOf({
          [attribute.suiteRunStatus]: status,
          [attribute.incomplete]: log.status === 'started' || undefined,
          [attribute.errorType]: failure?.type,
          [attribute.sampleCount]: log.results?.total_samples,
          [attribute.sampleErrorCount]: log.results && log.results.total_samples - log.results.completed_samples,
          [attribute.sampleReusedCount]: task.reused || undefined,
          [attribute.usageInput]: usage?.input,
          [attribute.usageOutput]: usage?.output,
          [attribute.usageCost]: usage?.cost,
          ...metricAttributes(log.results),
        }),
        ...(this.#settings.content.spans ? contentOf({ [attribute.taskArgs]: spec.task_args }, this.#settings) : {}),
      },
      events: [],
      links: [],
      error: failure && { message: failure.message },
    }
    const { model } = modelName(spec.model)
    const labels = { [attribute.suiteName]: spec.task, [attribute.requestModel]: model }
    return [
      spanItem(body, [
        ...measure(
          instrument.taskDuration,
          secondsBetween(start, end),
          attributesOf({ ...labels, [attribute.suiteRunStatus]: status, [attribute.errorType]: failure?.type }),
          end,
        ),
        ...metricMeasurements(log.results, labels, end),
      ]),
    ]
  }

  /** Tasks that were started and whose end was not told. */
  get openTasks(): readonly EvalSpec[] {
    return [...this.#tasks.values()].filter((task) => !task.closed).map((task) => task.spec)
  }

  /** `data` is left out when the run's end was not told. */
  end(data: Pick<RunEnd, 'exception'> | undefined, time: HrTime | undefined): RawItem[] {
    const start = this.#start ?? time ?? [0, 0]
    const end = latest(start, this.#end ?? time)
    const error = data?.exception ? { ...data.exception, traceback: '', traceback_ansi: '' } : undefined
    // A run that failed before its first task has a set all the same.
    const items = this.#set(start)
    const scope = { settings: this.#settings, traceId: this.traceId, identity: this.#runAttributes() }
    const exception = recordException(error, this.runSpanId, end, scope)
    return [
      ...items,
      spanItem({
        ...this.#place(this.runSpanId, this.#setSpanId()),
        name: 'eval_run',
        start,
        end,
        attributes: {
          ...this.#runAttributes(),
          ...attributesOf({ [attribute.errorType]: error?.type, [attribute.incomplete]: data ? undefined : true }),
        },
        events: exception.events,
        links: [],
        error: error && { message: spanError(error, this.#settings).message },
      }),
      ...exception.records,
    ]
  }

  /** A set goes on for days and its runs are told by themselves: it is a marker, at the start of what is first seen of it. */
  #set(time: HrTime | undefined): RawItem[] {
    const setId = this.#setId
    if (setId === undefined || !time || this.#toldSets.has(setId)) return []
    this.#toldSets.add(setId)
    return [
      spanItem({
        ...this.#place(spanId(this.traceId, 'eval_set', setId), undefined),
        name: 'eval_set',
        start: time,
        end: time,
        attributes: attributesOf({ [attribute.setId]: setId, [attribute.openinferenceKind]: 'CHAIN' }),
        events: [],
        links: [],
      }),
    ]
  }

  #setSpanId(): string | undefined {
    return this.#setId === undefined ? undefined : spanId(this.traceId, 'eval_set', this.#setId)
  }

  #place(
    id: string,
    parentSpanId: string | undefined,
  ): { traceId: string; spanId: string; parentSpanId: string | undefined; kind: 'internal' } {
    return { traceId: this.traceId, spanId: id, parentSpanId, kind: 'internal' }
  }

  #runAttributes(): { [name: string]: AttributeValue } {
    return attributesOf({
      [attribute.runId]: this.#runId,
      [attribute.setId]: this.#setId,
      [attribute.runTaskCount]: this.#countTasks(),
      [attribute.revision]: this.#revision,
      [attribute.openinferenceKind]: 'CHAIN',
    })
  }

  /** Those that the run announced, or more, since tasks may join later; attempts at a task count once. */
  #countTasks(): number | undefined {
    const seen = new Set([...this.#tasks.values()].map(({ spec }) => spec.task_id || spec.eval_id)).size
    return seen > (this.#taskCount ?? 0) ? seen : this.#taskCount
  }

  #taskIdentity(spec: EvalSpec): { [name: string]: AttributeValue } {
    const { provider, model } = modelName(spec.model)
    return attributesOf({
      [attribute.suiteName]: spec.task,
      [attribute.suiteRunId]: spec.eval_id,
      [attribute.taskId]: spec.task_id,
      [attribute.taskVersion]: String(spec.task_version ?? 0),
      [attribute.runId]: this.#runId,
      [attribute.setId]: this.#setId,
      [attribute.sessionId]: spec.eval_id,
      [attribute.provider]: provider,
      [attribute.requestModel]: model,
      [attribute.datasetName]: spec.dataset?.name,
      [attribute.datasetSize]: spec.dataset?.samples,
      [attribute.openinferenceKind]: 'CHAIN',
    })
  }
}

function newTask(spec: EvalSpec, plan: EvalPlan | undefined, start: HrTime | undefined): Task {
  const solvers = (plan?.steps ?? []).map((step) => step.solver)
  return { spec, solvers, start, end: undefined, reused: 0, closed: false }
}

/** `match` → accuracy becomes `eval.metric.match.accuracy`; a reducer other than the mean is part of the name. */
function metricsOf(results: EvalResults | undefined): { scorer: string; metric: string; value: number }[] {
  return (results?.scores ?? []).flatMap((score) => {
    const scorer = score.name === score.scorer ? score.name : `${score.scorer}/${score.name}`
    const reduced = score.reducer === undefined || score.reducer === 'mean' ? scorer : `${scorer}/${score.reducer}`
    return Object.entries(score.metrics ?? {}).map(([metric, { value }]) => ({ scorer: reduced, metric, value }))
  })
}

function metricAttributes(results: EvalResults | undefined): { [name: string]: number } {
  const metrics = metricsOf(results).slice(0, maximumMetrics)
  return Object.fromEntries(
    metrics.map(({ scorer, metric, value }) => [`${attribute.metricPrefix}${scorer}.${metric}`, value]),
  )
}

function metricMeasurements(
  results: EvalResults | undefined,
  labels: { [name: string]: string },
  time: HrTime,
): Measurement[] {
  return metricsOf(results).flatMap(({ scorer, metric, value }) =>
    measure(
      instrument.metricValue,
      value,
      { ...labels, [attribute.evaluationName]: scorer, [attribute.metricName]: metric },
      time,
    ),
  )
}
