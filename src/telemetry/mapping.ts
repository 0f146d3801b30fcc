import type { HookData, HookEvent, HookName } from '../hooks/hooks.ts'
import type { EvalLog } from '../inspect/records.ts'
import { formatTimestamp, parseTime, type HrTime } from '../time.ts'
import { runTraceId, sampleTraceId, spanId } from './ids.ts'
import { modelName } from './models.ts'
import { finishItem, finishOpen } from './finish.ts'
import { attributesOf, markItem, type Mapped, type RawItem } from './mapped.ts'
import { RunTrace } from './run-trace.ts'
import { SampleTrace } from './sample-trace.ts'
import { serverOf } from './server.ts'
import { attribute } from './semconv.ts'
import type { TelemetrySettings } from './settings.ts'

interface SampleIds {
  readonly run_id: string
  readonly eval_id: string
  readonly eval_set_id?: string | null | undefined
  readonly sample_id: string
}

interface SampleKey {
  readonly id: string | number
  readonly epoch: number
  readonly uuid?: string | undefined
}

export interface Unfinished {
  readonly samples: number
  readonly tasks: number
}

/** What is left open of a run, and the drafts of it: all of a trace where no spans are named. */
export interface LeftOpen extends Unfinished {
  readonly drafts: readonly { readonly object: string; readonly ids?: readonly string[] }[]
}

const nothing: { items: never[]; open: never[] } = { items: [], open: [] }

/**
 * Hook events to spans, event records and measurements: one path for a live run and for the replay of its log. It keeps
 * what is under way and forgets it when it ends, and accepts any stream that Inspect fires, unbalanced ones too.
 */
export class Mapping {
  readonly #settings: TelemetrySettings
  readonly #runs = new Map<string, RunTrace>()
  /** Runs that have ended, and sets whose marker was given out. */
  readonly #ended = new Set<string>()
  readonly #sets = new Set<string>()
  readonly #samples = new Map<string, { trace: SampleTrace; evalId: string; runId: string }>()

  constructor(settings: TelemetrySettings) {
    this.#settings = settings
  }

  map({ hook, data, meta }: HookEvent): Mapped {
    // Most events are a sample's own, and those carry their times themselves.
    const time = hook === 'onSampleEvent' ? undefined : parseTime(meta.time)
    return this.#finished(this.#handlers[hook]?.(data as never, time) ?? nothing)
  }

  /** The events that something comes of; the others say nothing that these do not. */
  get takes(): readonly HookName[] {
    return Object.keys(this.#handlers) as HookName[]
  }

  /** A task's log is final, which a hook says of some only: the others raised or were cancelled. */
  taskLog(log: EvalLog): Mapped {
    const { eval: spec } = log
    return this.#finished({ items: this.#run(spec.run_id, spec.eval_set_id).taskEnd(log), open: [] })
  }

  /** A sample in the log of a retried task is the earlier one, and told there. */
  sampleReused(log: EvalLog): void {
    this.#run(log.eval.run_id, log.eval.eval_set_id).sampleReused(log.eval.eval_id)
  }

  /** How many samples and tasks have begun and not ended. */
  get unfinished(): Unfinished {
    const tasks = [...this.#runs.values()].reduce((sum, run) => sum + run.openTasks.length, 0)
    return { samples: this.#samples.size, tasks }
  }

  /**
   * The end of a run will not be told, or not all that came before it was: what is under way stays as it is, for its log
   * to complete. Gives how much that is.
   */
  leaveOpen(runId: string): LeftOpen {
    const samples = [...this.#samples].filter(([, sample]) => sample.runId === runId)
    for (const [key] of samples) this.#samples.delete(key)
    const run = this.#runs.get(runId)
    const tasks = run?.openTasks ?? []
    this.#runs.delete(runId)
    this.#ended.add(runId)
    const isApart = this.#settings.traceShape === 'sample'
    // In one trace with others the drafts of samples cannot be told apart; they are lost with the session.
    const drafts = [
      ...(run
        ? [{ object: run.traceId, ids: [run.runSpanId, ...tasks.map((spec) => run.taskSpanId(spec.eval_id))] }]
        : []),
      ...(isApart ? samples.map(([, { trace }]) => ({ object: trace.traceId })) : []),
    ]
    return { samples: samples.length, tasks: tasks.length, drafts }
  }

  /** Nothing more will come: what is under way is closed as incomplete. */
  seal(time: HrTime): Mapped {
    const items = [...this.#samples.values()].flatMap(({ trace }) => trace.seal(time).items)
    this.#samples.clear()
    for (const run of this.#runs.values()) items.push(...this.#closeTasks(run, 'started'), ...run.end(undefined, time))
    this.#runs.clear()
    return this.#finished({ items, open: [] })
  }

  readonly #handlers: { readonly [N in HookName]?: (data: HookData<N>, time: HrTime | undefined) => Mapped<RawItem> } =
    {
      onRunStart: (data, time) => {
        this.#ended.delete(data.run_id)
        return { items: [], open: this.#run(data.run_id, data.eval_set_id).start(data, time) }
      },

      onTaskStart: (data, time) => this.#run(data.run_id, data.eval_set_id).taskStart(data, time),

      onTaskEnd: (data) => ({ items: this.#run(data.run_id, data.eval_set_id).taskEnd(data.log), open: [] }),

      onRunEnd: (data, time) => {
        // A hook that ends a run with a limit makes Inspect tell its end twice.
        if (this.#ended.has(data.run_id)) return nothing
        this.#ended.add(data.run_id)
        const run = this.#run(data.run_id, data.eval_set_id)
        const logged = data.logs.flatMap((log) => run.taskEnd(log))
        const samples = [...this.#samples].filter(([, sample]) => sample.runId === data.run_id)
        const dangling = samples.flatMap(([key, { trace }]) => {
          this.#samples.delete(key)
          return trace.seal(time ?? [0, 0]).items
        })
        // Inspect tells of Ctrl-C only by giving no log at all; a task that raised and was retried is left out alone.
        const status = data.exception || data.logs.length > 0 ? 'error' : 'cancelled'
        const items = [
          ...dangling,
          ...logged,
          ...this.#closeTasks(run, status, time, data.exception?.message),
          ...run.end(data, time),
        ]
        this.#runs.delete(data.run_id)
        return { items, open: [] }
      },

      onSampleInit: (data, time) => {
        // Told from Inspect's buffer before, and now from the log: all of it comes again.
        this.#samples.delete(data.sample_id)
        return this.#sample(data, data.summary).init(data.summary, time)
      },

      onSampleStart: (data, time) => this.#sample(data, data.summary).start(time ?? [0, 0]),

      onSampleAttemptStart: (data, time) => this.#sample(data, data.summary).attemptStart(data, time),

      onSampleEvent: (data) => this.#samples.get(data.sample_id)?.trace.event(data.event) ?? nothing,

      onSampleAttemptEnd: (data) => this.#sample(data, data.summary).attemptEnd(data),

      onSampleEnd: (data, time) => {
        const output = this.#sample(data, data.sample).end(data.sample, time)
        this.#samples.delete(data.sample_id)
        this.#run(data.run_id, data.eval_set_id).sampleEnd(data.eval_id, parseTime(data.sample.completed_at))
        return output
      },

      onModelRetry: (data, time) => {
        const sample = this.#samples.get(data.sample_id ?? '')
        if (sample && time) sample.trace.retry({ data, time })
        return nothing
      },
    }

  #run(runId: string, setId: string | null | undefined): RunTrace {
    let run = this.#runs.get(runId)
    if (!run) {
      run = new RunTrace(runId, setId ?? undefined, this.#settings, this.#sets)
      this.#runs.set(runId, run)
    }
    return run
  }

  /** A task without a log can be told by its start alone. */
  #closeTasks(
    run: RunTrace,
    status: 'cancelled' | 'error' | 'started',
    time?: HrTime,
    message = 'the task raised',
  ): RawItem[] {
    const error = status === 'error' ? { message, traceback: '', traceback_ansi: '' } : undefined
    const stats = { completed_at: time && formatTimestamp(time) }
    return run.openTasks.flatMap((spec) =>
      run.taskEnd({ version: 2, status, error, eval: spec, plan: { name: 'plan', steps: [] }, stats }),
    )
  }

  #sample(ids: SampleIds, sample: SampleKey): SampleTrace {
    const known = this.#samples.get(ids.sample_id)
    if (known) return known.trace
    const { eval_id: evalId, run_id: runId } = ids
    const setId = ids.eval_set_id ?? undefined
    const run = this.#run(runId, setId)
    const task = run.task(evalId)
    const suite = task?.spec.task ?? 'unknown'
    const key = sample.uuid === undefined ? [evalId, String(sample.id), String(sample.epoch)] : [sample.uuid]
    const traceId = this.#settings.traceShape === 'run' ? runTraceId(setId ?? runId) : sampleTraceId(...key)
    const identity = attributesOf({
      [attribute.suiteName]: suite,
      [attribute.suiteRunId]: evalId,
      [attribute.caseId]: String(sample.id),
      [attribute.caseRunId]: ids.sample_id,
      [attribute.epoch]: sample.epoch,
      [attribute.runId]: runId,
      [attribute.setId]: setId,
    })
    const scope = {
      settings: this.#settings,
      traceId,
      rootSpanId: spanId(traceId, 'eval_sample', key.join('|')),
      task: { traceId: run.traceId, spanId: run.taskSpanId(evalId) },
      suite,
      model: modelName(task?.spec.model ?? 'unknown'),
      server: task && serverOf(task.spec),
      solvers: task?.solvers ?? [],
      identity,
      subject: { task: suite, sample: String(sample.id), epoch: sample.epoch, uuid: sample.uuid ?? ids.sample_id },
    }
    const trace = new SampleTrace(scope)
    this.#samples.set(ids.sample_id, { trace, evalId, runId })
    return trace
  }

  #finished({ items, open }: Mapped<RawItem>): Mapped {
    if (items.length === 0 && open.length === 0) return nothing
    const { masker, sampled } = this.#settings
    return {
      items: items.map((item) => finishItem(this.#sampled(item), masker)),
      open: open.filter((span) => sampled(span.traceId)).map((span) => finishOpen(span, masker)),
    }
  }

  /** Metrics count all; spans and records of traces that are not sampled go nowhere. */
  #sampled(item: RawItem): RawItem {
    if (item.kind === 'mark' || this.#settings.sampled(item.object)) return item
    return markItem(item.object, item.id, [Math.floor(item.time.getTime() / 1000), 0], item.measurements ?? [])
  }
}
