import { EvalspanError, messageOf } from '../../errors.ts'
import type { EvalLog, EvalPlan, EvalSpec } from '../../inspect/records.ts'
import { formatTimestamp } from '../../time.ts'
import { orAborted } from '../abortable.ts'
import { fire } from '../sample/active.ts'
import { now, timestamp } from '../clock.ts'
import { EarlierLogs } from '../set/earlier-logs.ts'
import { ErrorBudget } from './error-budget.ts'
import { CancelledError, evalError, somethingThrown } from '../eval-error.ts'
import { placeOf } from '../sample/failure-place.ts'
import { toGenerateConfig } from '../options/generate-config.ts'
import { EvalLogWriter } from '../log/eval-log-writer.ts'
import { holdsKey } from '../log/keys-in-json.ts'
import { evalResults, type ScoredSample } from '../results/eval-results.ts'
import { nameOfSample } from '../sample/name-of-sample.ts'
import { realtimeOptions } from '../run/realtime-options.ts'
import { removeLog } from '../set/remove-log.ts'
import type { LoggedEval, RunContext, TaskUnit } from '../run/run-context.ts'
import { resultOf, SampleRun } from '../sample/sample-run.ts'
import type { Scorer } from '../scorer/scorer.ts'
import { uniqueScorerNames } from '../scorer/scorer-names.ts'
import { selectSamples } from '../run/select-samples.ts'
import { Semaphore } from '../semaphore.ts'
import type { NamedSample, TaskContext } from './task-context.ts'
import { taskSettings, type TaskSettings } from './task-settings.ts'
import { taskPlan, type TaskPlan } from './task-plan.ts'
import { taskSpec } from './task-spec.ts'
import { toList } from '../to-list.ts'
import { Usage } from '../sample/usage.ts'

/**
 * One attempt at a task. Rejects when the task cannot be begun, with a `CancelledError` when the run was cancelled before;
 * what happens in it is told by its log.
 */
export async function runTask(unit: TaskUnit, run: RunContext): Promise<LoggedEval> {
  const { options } = run
  const settings = taskSettings(unit.task, options)
  const dataset = await orAborted(() => run.datasets.read(unit.task.options.dataset), run.signal)
  const samples = selectSamples(dataset.samples, options, unit.sampleId)
  if (samples.length === 0 && unit.sampleId !== undefined) {
    run.report(`task ${unit.task.name} runs no samples, since no id of sampleId is meant for it`)
  }
  expectKeyless(unit.task.name, samples)
  const given = toList(unit.task.options.scorer)
  const names = uniqueScorerNames(given)
  const named = new Map(given.map((each, index) => [names[index]!, each]))
  const scorers = options.score === false ? new Map<string, Scorer>() : named
  const plan = taskPlan(unit.task, options)
  const size = dataset.samples.length
  const spec = taskSpec({
    ...unit,
    options,
    settings,
    scorers: named,
    dataset: { ...dataset, size },
    samples,
    maxTasks: run.maxTasks,
  })
  return await new TaskRun({ unit, run, settings, samples, scorers, plan, spec }).run()
}

/** A log has them in names of files, too. */
function expectKeyless(task: string, samples: readonly NamedSample[]): void {
  if (holdsKey(task)) throw new EvalspanError('BAD_OPTION', 'the name of a task holds an API key; call it otherwise')
  const index = samples.findIndex(({ id }) => holdsKey(String(id)))
  if (index < 0) return
  const what = `task ${task}: the id of sample ${index + 1} holds an API key; give it another one`
  throw new EvalspanError('BAD_DATASET', what)
}

interface TaskRunOptions {
  readonly unit: TaskUnit
  readonly run: RunContext
  readonly settings: TaskSettings
  readonly samples: readonly NamedSample[]
  readonly scorers: ReadonlyMap<string, Scorer>
  readonly plan: TaskPlan
  readonly spec: EvalSpec
}

/** What is the same for all samples. */
type SharedContext = Omit<TaskContext, 'failed' | 'end'>

class TaskRun {
  readonly #options: TaskRunOptions
  readonly #ids: TaskContext['ids']
  readonly #plan: EvalPlan
  readonly #usage: Usage
  readonly #errors: ErrorBudget
  readonly #stop = new AbortController()
  /** What ended the task. */
  #failure: { readonly thrown: unknown; readonly endedBy: LoggedEval['endedBy'] } | undefined
  #reused = 0
  readonly #started = now()

  constructor(options: TaskRunOptions) {
    this.#options = options
    const { unit, settings, samples, plan, spec } = options
    this.#usage = new Usage(unit.used)
    this.#ids = { eval_set_id: spec.eval_set_id ?? null, run_id: spec.run_id, eval_id: spec.eval_id }
    this.#plan = plan.record
    this.#errors = new ErrorBudget(settings.failOnError, samples.length * settings.epochs)
  }

  async run(): Promise<LoggedEval> {
    const { run, spec } = this.#options
    const realtime = realtimeOptions(run)
    const writer = await EvalLogWriter.create({ folder: run.logDir, spec, plan: this.#plan, realtime })
    try {
      if (run.signal.aborted) {
        await writer.close()
        await removeLog(writer.path)
        throw new CancelledError()
      }
      const results: ScoredSample[] = []
      let thrown: unknown
      let found: ReturnType<typeof evalResults> | undefined
      try {
        await fire(run.emitter, 'onTaskStart', { ...this.#ids, spec, plan: this.#plan }, this.#started)
        const earlier =
          this.#options.unit.earlier === undefined ? undefined : new EarlierLogs(this.#options.unit.earlier)
        if (earlier) await this.#reuse(earlier, writer, results)
        await this.#runSamples(this.#context(writer), results, earlier)
        found = this.#results(results)
      } catch (error) {
        thrown = somethingThrown(error)
      }
      const log = this.#log(found?.results, thrown)
      let unwritten: { readonly error: unknown } | undefined
      try {
        await writer.finish(log, log.results && found?.reductions)
      } catch (error) {
        unwritten = { error }
      }
      for (let count = 0; count < this.#reused; count += 1) run.sampleReused(log)
      await fire(run.emitter, 'onTaskEnd', { ...this.#ids, log })
      if (unwritten) throw unwritten.error
      const endedBy = log.error && this.#failure?.endedBy
      return { ...log, location: writer.path, ...(endedBy && { endedBy }) }
    } finally {
      await writer.close()
    }
  }

  async #reuse(earlier: EarlierLogs, writer: EvalLogWriter, results: ScoredSample[]): Promise<void> {
    const { samples, settings, run } = this.#options
    const planned = new Set(samples.map(({ id }) => String(id)))
    const isPlanned = (id: string | number, epoch: number): boolean =>
      planned.has(String(id)) && epoch <= settings.epochs
    for await (const sample of earlier.reusable(isPlanned)) {
      if (run.options.logSamples !== false) await writer.sample(sample)
      results.push(resultOf(sample))
      this.#reused += 1
    }
    // Should this run be killed, a retry has them from here.
    await writer.flush()
  }

  /** Rejects with the error that ends the task, when all that was under way is over. */
  async #runSamples(context: SharedContext, results: ScoredSample[], earlier: EarlierLogs | undefined): Promise<void> {
    const { samples, settings } = this.#options
    const planned = Array.from({ length: settings.epochs }, (_, index) =>
      samples.map((sample) => ({ sample, epoch: index + 1 })),
    ).flat()
    // As in Inspect what was begun before comes after all that is new.
    const [fresh = [], known = []] = [false, true].map((isKnown) =>
      planned.filter(({ sample, epoch }) => (earlier?.isKnown(sample.id, epoch) ?? false) === isKnown),
    )
    const left = new Set<string>()
    const runs = [...fresh, ...known].map(async ({ sample, epoch }) => {
      if (earlier?.isReused(sample.id, epoch)) return
      const place = { id: sample.id, epoch }
      const ofSample: TaskContext = {
        ...context,
        failed: (thrown) => this.#failed(thrown, place),
        end: (thrown) => this.#end(thrown, place),
      }
      try {
        const errors = earlier?.errorsOf(sample.id, epoch)
        const result = await new SampleRun(ofSample, sample, epoch, errors).run()
        if (result) results.push(result)
        else left.add(nameOfSample(sample.id, epoch))
      } catch (error) {
        this.#end(error, place)
      }
    })
    await Promise.all(runs)
    if (context.writer) await earlier?.keep(left, context.writer)
    if (this.#failure) throw this.#failure.thrown
  }

  #failed(thrown: unknown, sample: LoggedEval['endedBy']): void {
    this.#errors.add()
    const { continueOnFail, scoreOnError } = this.#options.settings
    if (this.#errors.isExceeded && !continueOnFail && !scoreOnError) this.#end(thrown, sample)
  }

  /** What is under way is cancelled, and nothing more is begun. */
  #end(thrown: unknown, endedBy: LoggedEval['endedBy']): void {
    this.#failure ??= { thrown, endedBy }
    this.#stop.abort(new CancelledError())
  }

  #context(writer: EvalLogWriter): SharedContext {
    const { unit, run, settings, scorers, plan, spec } = this.#options
    const { task, model, roles } = unit
    const { maxSamples, logSamples = true, cleanupTimeout = 20 } = run.options
    const signal = AbortSignal.any([run.signal, this.#stop.signal])
    return {
      ...settings,
      emitter: run.emitter,
      report: run.report,
      spec,
      ids: this.#ids,
      solvers: plan.solvers,
      scorers,
      options: task.options,
      model,
      roles,
      config: toGenerateConfig(plan.config),
      models: run.models,
      writer: logSamples ? writer : undefined,
      usage: this.#usage,
      places: new Semaphore(maxSamples ?? model.connections, signal),
      signal,
      grace: { cancelled: run.signal, ms: cleanupTimeout * 1000 },
      within: run.within,
    }
  }

  /** Epoch by epoch, as the dataset has them. */
  #inOrder(results: readonly ScoredSample[]): ScoredSample[] {
    const { samples, settings } = this.#options
    const byKey = new Map(results.map((result) => [nameOfSample(result.id, result.epoch), result]))
    return Array.from({ length: settings.epochs }, (_, epoch) =>
      samples.flatMap(({ id, metadata }) => {
        const result = byKey.get(nameOfSample(id, epoch + 1))
        return result ? [{ ...result, metadata }] : []
      }),
    ).flat()
  }

  /** Throws what a metric throws. */
  #results(samples: readonly ScoredSample[]): ReturnType<typeof evalResults> {
    const { unit, run, settings, scorers } = this.#options
    try {
      return evalResults({
        samples: this.#inOrder(samples),
        scorers: [...scorers.values()],
        metrics: unit.task.options.metrics,
        reducers: settings.reducers,
        totalSamples: this.#options.samples.length * settings.epochs,
      })
    } catch (error) {
      const place = placeOf(error)
      if (place !== undefined) run.report(`task ${unit.task.name}: ${place} failed: ${messageOf(error)}`)
      throw error
    }
  }

  #log(results: EvalLog['results'], thrown: unknown): EvalLog {
    const { run, spec } = this.#options
    const isCancelled = run.signal.aborted
    const isFailed = thrown !== undefined || this.#errors.isExceeded
    return {
      version: 2,
      status: isCancelled ? 'cancelled' : isFailed ? 'error' : 'success',
      eval: spec,
      plan: this.#plan,
      ...(!isCancelled && results && { results }),
      stats: {
        started_at: formatTimestamp(this.#started),
        completed_at: timestamp(),
        model_usage: this.#usage.byModel,
        role_usage: this.#usage.byRole,
      },
      ...(thrown !== undefined && !isCancelled && { error: evalError(thrown) }),
    }
  }
}
