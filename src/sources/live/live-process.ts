import { EvalspanError, messageOf } from '../../errors.ts'
import type { HookData, HookEvent } from '../../hooks/hooks.ts'
import type { EvalLog } from '../../inspect/records.ts'
import { latest, parseTime, type HrTime } from '../../time.ts'
import { fire } from '../fire.ts'
import { sampleEvents } from '../sample-events.ts'
import { TaskHistory } from '../task-history.ts'
import type { ReplayTarget } from '../task-log.ts'
import { completeTask } from './complete-task.ts'
import type { LiveRecord } from './live-record.ts'
import { LiveTask } from './live-task.ts'
import { toPresentForm } from './present-form.ts'

/** What the events of live runs are fired at. */
export interface LiveTarget extends ReplayTarget {
  /** Resolves when there is room for more. */
  fire(event: HookEvent): Promise<void>
  /** Not all was told of a run, and its logs do not tell it either, or not yet: what is open stays so. */
  leaveOpen(runId: string, logs: readonly string[]): void
}

interface LiveRun {
  readonly runId: string
  readonly setId: string | null
  readonly tasks: LiveTask[]
}

/**
 * The runs of one process of Inspect, as its hooks tell of them. What they leave out (records that did not come, samples of
 * an Inspect that has no hook for them, the end of a task that failed) is told from the logs as soon as these are written,
 * before the end of the task or of the run is.
 */
export class LiveProcess {
  readonly #to: LiveTarget
  readonly #onProblem: (error: EvalspanError) => void
  readonly #runs = new Map<string, LiveRun>()
  readonly #tasks = new Map<string, LiveTask>()
  /** Something did not come, at whatever time. */
  #hasMissed = false
  /** Samples that a retry takes over belong to the attempt in which they ran. */
  readonly #history = new TaskHistory(() => true)

  constructor(to: LiveTarget, onProblem: (error: EvalspanError) => void) {
    this.#to = to
    this.#onProblem = onProblem
  }

  /** Records did not come that come before the next one. */
  miss(): void {
    this.#hasMissed = true
    for (const task of this.#tasks.values()) if (!task.end) task.miss()
  }

  /** `again`: it is the start of something that goes on, said once more after records did not come. */
  async take({ event: given, log }: LiveRecord, again: boolean): Promise<void> {
    const task = this.#taskOf(given)
    let event: HookEvent
    try {
      event = toPresentForm(given, task?.header)
    } catch (error) {
      task?.miss()
      this.#problem(`a record of ${given.hook} cannot be used: ${messageOf(error)}`, error)
      return
    }
    if (task && log !== undefined) task.log ??= log
    switch (event.hook) {
      case 'onRunStart':
        if (again && this.#runs.has(event.data.run_id)) return
        this.#run(event.data)
        return await this.#to.fire(event)
      case 'onTaskStart':
        return await this.#taskStart(event, log, again)
      case 'onTaskEnd':
        return await this.#taskEnd(event, task)
      case 'onRunEnd':
        return await this.#runEnd(event)
      case 'onSampleInit':
      case 'onSampleStart':
      case 'onSampleAttemptStart':
        return await this.#sampleStart(event, task, again)
      case 'onSampleEnd':
        return await this.#sampleEnd(event, task)
      case 'onSampleEvent':
      case 'onSampleScoring':
      case 'onSampleAttemptEnd':
        // Of a task whose start did not come nothing is known, its log tells all of it.
        if (task) await this.#to.fire(event)
        return
      default:
        return await this.#to.fire(event)
    }
  }

  /** The process is over: what it left open is told from its logs, as far as these go. */
  async end(): Promise<void> {
    // In what order it ended nobody knows, and so not what came last.
    this.miss()
    for (const run of this.#runs.values()) {
      if (run.tasks.length > 0 && (await this.#completeRun(run))) await this.#to.fire(lastEvent(run))
      else this.#leaveOpen(run)
    }
    this.#runs.clear()
    this.#tasks.clear()
  }

  #taskOf({ hook, data }: HookEvent): LiveTask | undefined {
    if (hook === 'onBeforeModelGenerate' || !('eval_id' in data)) return undefined
    return this.#tasks.get(data.eval_id ?? '')
  }

  #run({
    run_id,
    eval_set_id = null,
  }: {
    readonly run_id: string
    readonly eval_set_id?: string | null | undefined
  }): LiveRun {
    let run = this.#runs.get(run_id)
    if (!run) this.#runs.set(run_id, (run = { runId: run_id, setId: eval_set_id, tasks: [] }))
    return run
  }

  async #taskStart(
    event: Extract<HookEvent, { hook: 'onTaskStart' }>,
    log: string | undefined,
    again: boolean,
  ): Promise<void> {
    const { eval_id: evalId, spec } = event.data
    if (this.#tasks.has(evalId)) return
    const run = this.#run(event.data)
    // Inspect may remove the log of an attempt that failed as soon as another one succeeds.
    const earlier = run.tasks.filter(({ end, header }) => !end && header.eval.task_id === spec.task_id)
    for (const each of earlier) await this.#complete(each, false)
    const task = new LiveTask(event, log)
    task.missed = again
    run.tasks.push(task)
    this.#tasks.set(evalId, task)
    await this.#to.fire(event)
  }

  async #sampleStart(
    event: Extract<HookEvent, { hook: 'onSampleInit' | 'onSampleStart' | 'onSampleAttemptStart' }>,
    task: LiveTask | undefined,
    again: boolean,
  ): Promise<void> {
    const { sample_id: uuid } = event.data
    if (!task || task.ended.has(uuid)) return
    const known = task.open.get(uuid)
    const attempt = event.hook === 'onSampleAttemptStart' ? event.data.attempt : 0
    if (again && known && attempt <= known.attempt) return
    const sample = known ?? { whole: !again && event.hook === 'onSampleInit', attempt }
    sample.attempt = Math.max(sample.attempt, attempt)
    task.open.set(uuid, sample)
    await this.#to.fire(event)
  }

  async #sampleEnd(event: Extract<HookEvent, { hook: 'onSampleEnd' }>, task: LiveTask | undefined): Promise<void> {
    if (!task) return
    const { sample_id: uuid, sample } = event.data
    if ((sample as unknown) === undefined) {
      // Before Inspect 0.3.113 it is in the log alone.
      task.missed = true
      return
    }
    const known = task.open.get(uuid)
    const ids = { taskId: task.header.eval.task_id, path: task.place }
    // Without its beginnings what came of it could not be placed; the sample itself tells all of it.
    if (!known?.whole || known.attempt === 0) {
      const told = sampleEvents(task.header, sample, (each) => this.#history.isEarlier(ids, each))
      for (const each of told) if (each.hook !== 'onSampleEnd') await this.#to.fire(each)
    }
    task.open.delete(uuid)
    task.ended.add(uuid)
    this.#history.remember(ids, sample)
    await this.#to.fire(event)
  }

  async #taskEnd(event: Extract<HookEvent, { hook: 'onTaskEnd' }>, task: LiveTask | undefined): Promise<void> {
    if (!task) return
    if (task.isWhole(event.data.log)) task.completed = true
    else await this.#complete(task, true)
    task.end = event.data.log
    await this.#to.fire(event)
  }

  async #runEnd(event: Extract<HookEvent, { hook: 'onRunEnd' }>): Promise<void> {
    const run = this.#run(event.data)
    const isWhole = this.#knowsTasks(run, event.data.logs) && (await this.#completeRun(run))
    if (!isWhole) this.#leaveOpen(run)
    await this.#to.fire(event)
    this.#runs.delete(run.runId)
    for (const task of run.tasks) this.#tasks.delete(task.evalId)
  }

  /** Of a task whose start did not come only its log can tell; some have none, as those that were to run no samples. */
  #knowsTasks(run: LiveRun, logs: readonly EvalLog[]): boolean {
    if (!this.#hasMissed) return true
    const unknown = logs.filter((log) => run.tasks.every(({ evalId }) => evalId !== log.eval.eval_id))
    for (const { eval: spec } of unknown) this.#problem(`task ${spec.task} (${spec.eval_id}): its start did not come`)
    return unknown.length === 0
  }

  /** Whether all of its tasks are told to their end. */
  async #completeRun(run: LiveRun): Promise<boolean> {
    for (const task of run.tasks) if (!task.completed) await this.#complete(task, task.end !== undefined)
    return run.tasks.every((task) => task.completed)
  }

  async #complete(task: LiveTask, endIsTold: boolean): Promise<void> {
    // What cannot be read now may be there at the end of the run; if it is not, that is no news.
    const onProblem = (error: EvalspanError): void => {
      if (!task.problems.has(error.message)) this.#onProblem(error)
      task.problems.add(error.message)
    }
    task.completed = await completeTask(task, { history: this.#history, to: this.#to, onProblem, endIsTold })
  }

  #leaveOpen(run: LiveRun): void {
    const open = run.tasks.filter((task) => !task.completed)
    this.#to.leaveOpen(
      run.runId,
      open.flatMap(({ log }) => log ?? []),
    )
  }

  #problem(message: string, cause?: unknown): void {
    this.#onProblem(new EvalspanError('BAD_LOG', message, { cause }))
  }
}

/** The end of a run whose process did not come to it, though its logs are all finished, as a replay of these tells it. */
function lastEvent({ runId, setId, tasks }: LiveRun): HookEvent {
  const ended = tasks.flatMap(({ end }) => end ?? [])
  // As Inspect tells it: without those that were cancelled, and of each task the latest attempt.
  const latestOf = new Map(ended.map((log) => [log.eval.task_id || log.eval.eval_id, log]))
  const logs = [...latestOf.values()].filter(({ status }) => status !== 'cancelled')
  const ends = ended.map(({ stats }) => parseTime(stats.completed_at))
  const end = ends.reduce<HrTime | undefined>((a, b) => latest(a, b), undefined) ?? [0, 0]
  const data: HookData<'onRunEnd'> = { eval_set_id: setId, run_id: runId, exception: null, logs }
  return fire('onRunEnd', data, end)
}
