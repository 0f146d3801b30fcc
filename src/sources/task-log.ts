import type { EvalspanError } from '../errors.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { badLog } from '../inspect/bad-log.ts'
import { openLog, type LogReader } from '../inspect/log.ts'
import { findBuffers } from '../inspect/buffer/find-buffers.ts'
import type { SampleKey } from '../inspect/layout.ts'
import type { EvalLog, EvalSpec } from '../inspect/records.ts'
import { RunningSamples } from './running-samples.ts'
import { parseTime, type HrTime } from '../time.ts'
import { fire } from './fire.ts'
import { sampleEvents } from './sample-events.ts'
import { isWanted, type Selection } from './select.ts'
import type { TaskHistory } from './task-history.ts'

/** Handed on together, since every layer of generators has its price for each event. */
export type Batch = Iterable<HookEvent>

/** What the events are fired at, usually a session: is told what no hook says. */
export interface ReplayTarget {
  /** A log is through, and what its header says of the task is final. Comes also for tasks that fired no end. */
  taskLog(log: EvalLog): void
  /** A log that is through has a sample that was passed over: a retry took it over from an earlier log, which was told. */
  sampleReused(log: EvalLog): void
}

export interface TellOptions {
  readonly history: TaskHistory
  readonly selection: Selection
  readonly onProblem: (error: EvalspanError) => void
  readonly to?: ReplayTarget | undefined
  /** Samples that need not be told, since they were told by somebody else. */
  readonly leaveOut?: ((key: SampleKey) => boolean) | undefined
}

/** One log: an attempt at a task. It may grow while it is told. */
export class TaskLog {
  readonly path: string
  readonly #format: LogReader['format']
  #header: EvalLog
  /** When the file was written last: a time for logs that tell none. */
  readonly #written: HrTime
  #finished: boolean
  #started = false
  #ended = false
  /** What was told, by its place. */
  readonly #told = new Map<string, string>()
  /** Which samples these are. */
  readonly #holds = new Set<string>()
  /** The places of samples that were told from an earlier log; one that failed there may yet be replaced. */
  readonly #reused = new Set<string>()
  #running: RunningSamples | undefined
  /** Not before then is a buffer looked for again; a run that crashed long ago may never have one. */
  #nextLook = 0
  #lookMs = 1000

  constructor(reader: LogReader, written: HrTime) {
    this.path = reader.path
    this.#format = reader.format
    this.#header = withRunId(reader.header)
    this.#written = written
    this.#finished = reader.finished
  }

  get header(): EvalLog {
    return this.#header
  }

  /** The run was over when the log was written. */
  get finished(): boolean {
    return this.#finished
  }

  timeOf(what: 'started_at' | 'completed_at'): HrTime {
    return parseTime(this.#header.stats[what]) ?? this.created ?? this.#written
  }

  get created(): HrTime | undefined {
    return parseTime(this.#header.eval.created)
  }

  /** The log that Inspect hands on at the end of the task: `.eval` is read back, `.json` is as it was written. */
  get endLog(): EvalLog {
    const { solver_args, ...spec } = this.#header.eval
    if (this.#format === 'json' || spec.solver_args_passed !== undefined) return this.#header
    return { ...this.#header, eval: { ...this.#header.eval, solver_args_passed: solver_args ?? {} } }
  }

  /** What the log holds and has not been told yet. Takes over a reader that is open, or opens the log. */
  async *tell(options: TellOptions, open?: LogReader): AsyncGenerator<Batch> {
    let reader = open
    try {
      reader ??= await openLog(this.path)
      yield* this.#tell(reader, options)
    } catch (error) {
      options.onProblem(badLog(this.path, undefined, error))
    } finally {
      await reader?.close()
    }
  }

  async *#tell(reader: LogReader, options: TellOptions): AsyncGenerator<Batch> {
    this.#header = withRunId(reader.header)
    this.#finished = reader.finished
    const { run_id, eval_set_id = null, eval_id } = this.#header.eval
    const ids = { eval_set_id, run_id, eval_id }
    if (!this.#started) {
      this.#started = true
      const { plan, status } = this.#header
      // A task that was told to run no samples has a log that is finished and never got beyond its start.
      if (!this.#finished || status !== 'started')
        yield [fire('onTaskStart', { ...ids, spec: startSpec(this.#header), plan }, this.timeOf('started_at'))]
    }
    yield* this.#samples(reader, options)
    if (!this.#finished) {
      yield* this.tellRunning(options)
      return
    }
    this.close()
    if (this.#ended) return
    this.#ended = true
    for (const _ of this.#reused) options.to?.sampleReused(this.#header)
    options.to?.taskLog(this.#header)
    if (endsRegularly(this.#header)) {
      yield [fire('onTaskEnd', { ...ids, log: this.endLog }, this.timeOf('completed_at'))]
    }
  }

  /** What has become known of samples that are not in the log yet. */
  async *tellRunning(options: TellOptions): AsyncGenerator<Batch> {
    this.#running ??= await this.#openRunning(options)
    if (!this.#running) return
    yield* this.#running.update()
    if (this.#running.gone) this.close()
  }

  close(): void {
    this.#running?.close()
    this.#running = undefined
  }

  async #openRunning({ onProblem, ...options }: TellOptions): Promise<RunningSamples | undefined> {
    const now = performance.now()
    if (now < this.#nextLook) return undefined
    const [place] = await findBuffers(this.path)
    if (!place) {
      this.#nextLook = now + this.#lookMs
      this.#lookMs = Math.min(this.#lookMs * 2, 60_000)
      return undefined
    }
    return new RunningSamples(place, {
      log: this.#header,
      leaveOut: (key) => this.#holds.has(key.uuid ?? nameOf(key)) || !isToTell(options, key),
      onProblem,
    })
  }

  async *#samples(reader: LogReader, options: TellOptions): AsyncGenerator<Batch> {
    const { selection, history, onProblem } = options
    const ids = { taskId: this.#header.eval.task_id, path: this.path }
    const match = (key: SampleKey): boolean => isToTell(options, key)
    const isRead = ({ where, version }: { where: string; version: string }): boolean =>
      this.#told.get(where) === version
    for await (const entry of reader.samples({ limit: selection.limit, match, isRead })) {
      if ('error' in entry) {
        onProblem(entry.error)
        continue
      }
      const { sample, where, version } = entry
      this.#told.set(where, version)
      // A retried task's log also holds the failed samples of its last attempt, which may be running again.
      this.#holds.add(sample.uuid ?? nameOf(sample))
      // Not every log tells the uuid before the sample is read.
      if (!isToTell(options, sample)) continue
      if (history.isReused(ids, sample)) {
        this.#reused.add(where)
        continue
      }
      this.#reused.delete(where)
      const events = sampleEvents(this.#header, sample, (event) => history.isEarlier(ids, event))
      yield guarded(events, (error) => onProblem(badLog(this.path, nameOf(sample), error)))
      history.remember(ids, sample)
    }
  }
}

/** A task without a solver of its own has no arguments of one; a log that was read back and written again has them. */
function startSpec({ eval: { solver_args_passed, ...spec } }: EvalLog): EvalSpec {
  return spec.solver === undefined || solver_args_passed === undefined ? spec : { ...spec, solver_args_passed }
}

/** Some old logs have no run of their own, and are not to be thrown together for that. */
export function withRunId(header: EvalLog): EvalLog {
  const { run_id: runId, eval_id: evalId } = header.eval
  return { ...header, eval: { ...header.eval, run_id: runId || evalId } }
}

function isToTell({ selection, leaveOut }: Pick<TellOptions, 'selection' | 'leaveOut'>, key: SampleKey): boolean {
  return isWanted(selection, key) && !leaveOut?.(key)
}

function nameOf({ id, epoch }: SampleKey): string {
  return `sample ${id}, epoch ${epoch}`
}

/** What is wrong with one sample must not end the others. */
function* guarded(events: Iterable<HookEvent>, onError: (error: unknown) => void): Generator<HookEvent> {
  try {
    yield* events
  } catch (error) {
    onError(error)
  }
}

/** Inspect fires a task's end only when the task itself did not raise: a failed threshold leaves no error in the log. */
function endsRegularly(log: EvalLog): boolean {
  return log.status === 'success' || (log.status === 'error' && log.error === undefined)
}
