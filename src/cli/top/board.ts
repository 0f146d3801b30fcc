import { systemClock, type Clock } from '../../delivery/clock.ts'
import type { HookData, HookEvent } from '../../hooks/hooks.ts'
import type { Event, EvalError, EvalLog } from '../../inspect/records.ts'
import { isCancelled, spanError } from '../../telemetry/errors.ts'
import { countsOf, noCounts, type Counts } from './counts.ts'
import { milliseconds } from './milliseconds.ts'
import { RecentErrors } from './recent-errors.ts'
import { RecentMap } from './recent-map.ts'
import type { RunBoard } from './run-board.ts'
import { Runs } from './runs.ts'
import { SampleBoard } from './sample-board.ts'
import { shortName } from './short-name.ts'
import { snapshotVersion, type BoardSnapshot, type ErrorSnapshot } from './snapshot.ts'
import type { TaskBoard } from './task-board.ts'
import { TokenRate } from './token-rate.ts'

export interface BoardOptions {
  readonly clock?: Pick<Clock, 'now'>
  /** Takes secrets out of the messages of errors; without it messages are left out. */
  readonly mask?: ((text: string) => string) | undefined
}

/** Repeats of one event come close together. */
const rememberedEvents = 10_000
const rememberedSamples = 50_000
const shownSamples = 100
const mostOfMessage = 300
/** So much is masked, so that no half of a secret is left at the end of what is kept. */
const mostToMask = 3000

/**
 * What runs now, told by the events of hooks as they come: several runs and processes at once, starts without an end,
 * ends without a start, the same event twice. Keeps names, ids, numbers and the masked beginnings of error messages, and no more of them than a few minutes need.
 */
export class Board {
  readonly #now: () => number
  readonly #mask: BoardOptions['mask']
  readonly #runs: Runs
  readonly #errors = new RecentErrors()
  readonly #rate = new TokenRate()
  /** Model and tool events, by uuid. */
  readonly #seen = new RecentMap<string, Counts>(rememberedEvents)
  /** Finished samples, by uuid. */
  readonly #finished = new RecentMap<string, true>(rememberedSamples)

  constructor({ clock = systemClock, mask }: BoardOptions = {}) {
    this.#now = () => clock.now()
    this.#mask = mask
    this.#runs = new Runs((runId) => this.#errors.forget(runId))
  }

  /** Never throws. */
  event(event: HookEvent): void {
    const now = this.#now()
    // A clock that is ahead must not make things end before they began.
    const time = Math.min(milliseconds(event.meta.time) ?? now, now)
    this.#runs.forget(now)
    try {
      this.#take(event, time)
    } catch {
      // Data that is not as it should be is told by whoever maps it; here it is left out.
    }
  }

  /** What the log of a task says of its end, which for tasks that failed no event tells. */
  taskLog(log: EvalLog): void {
    this.#runs.endTask(log, this.#now())
  }

  /** The process of a run is gone, and its end never came. */
  lost(runId: string): void {
    this.#runs.lose(runId, this.#now())
  }

  snapshot(): BoardSnapshot {
    const now = this.#now()
    this.#runs.forget(now)
    const tasks = this.#runs.tasks()
    const samples = tasks
      .flatMap((task) => [...task.samples].map(([uuid, sample]) => ({ task, uuid, sample })))
      .toSorted((a, b) => Number(a.sample.isQueued) - Number(b.sample.isQueued) || a.sample.started - b.sample.started)
      .slice(0, shownSamples)
    const { counts, trouble, tellsRetries } = this.#runs.totals()
    return {
      version: snapshotVersion,
      time: now,
      runs: this.#runs.runs().map((run) => run.snapshot()),
      tasks: tasks.map((task) => task.snapshot()),
      samples: samples.map(({ task, uuid, sample }) => task.sampleSnapshot(uuid, sample, now)),
      errors: this.#errors.list(),
      totals: {
        ...counts,
        cost: Number.isNaN(counts.cost) ? null : counts.cost,
        ...trouble,
        retries: tellsRetries ? trouble.retries : null,
        tokensPerSecond: { last10s: this.#rate.over(10, now), last60s: this.#rate.over(60, now) },
      },
    }
  }

  #take({ hook, data }: HookEvent, time: number): void {
    if (hook === 'onRunStart') this.#runs.begin(data, time)
    else if (hook === 'onRunEnd') this.#endRun(data, time)
    else if (hook === 'onTaskStart') this.#runs.beginTask(data, time)
    else if (hook === 'onTaskEnd') this.#runs.task(data, time)?.endWith(data.log, time)
    else if (hook === 'onSampleInit') this.#sample(data, time)
    // Inspect tells attempts since 0.3.200, and this of the first one only.
    else if (hook === 'onSampleStart') this.#startAttempt({ ...data, attempt: 1 }, time)
    else if (hook === 'onSampleAttemptStart') this.#startAttempt(data, time)
    else if (hook === 'onSampleAttemptEnd') this.#endAttempt(data, time)
    else if (hook === 'onSampleEvent') this.#sampleEvent(data, time)
    else if (hook === 'onSampleScoring') this.#sampleInFlight(data, time)?.startScoring(time)
    else if (hook === 'onSampleEnd') this.#endSample(data, time)
    else if (hook === 'onBeforeModelGenerate') this.#beforeCall(data, time)
    else if (hook === 'onModelUsage') this.#countUsage(data, countsOf(data.usage, { calls: 1 }), time)
    else if (hook === 'onModelCacheUsage') this.#countUsage({}, countsOf(undefined, { cacheHits: 1 }), time)
    else if (hook === 'onModelRetry') this.#retry(data, time)
  }

  /** May come twice. */
  #endRun(data: HookData<'onRunEnd'>, time: number): void {
    const run = this.#runs.run(data, time)
    if (!run) return
    const isKnown = run.error !== null
    this.#runs.end(run, data, time)
    if (!data.exception || isKnown) return
    const { type, message } = data.exception
    this.#fail(run, undefined, { kind: 'run', type, message, time })
  }

  #startAttempt(data: HookData<'onSampleAttemptStart'>, time: number): void {
    const isNew = this.#sample(data, time)?.startAttempt(data.attempt, time)
    if (isNew) this.#runs.task(data, time)?.openCalls.attemptStarted(data.sample_id)
  }

  /** The error of the last attempt comes again with the end of the sample. */
  #endAttempt(data: HookData<'onSampleAttemptEnd'>, time: number): void {
    const task = this.#runs.task(data, time)
    const sample = task?.samples.get(data.sample_id)
    if (!task || !sample || !data.will_retry || !sample.queue(time)) return
    task.openCalls.attemptEnded(data.sample_id)
    if (data.error) this.#failSample('attempt', data.error, task, sample, time)
  }

  #endSample(data: HookData<'onSampleEnd'>, time: number): void {
    const { sample_id: uuid, sample } = data
    const task = this.#runs.task(data, time)
    if (!task || this.#finished.has(uuid)) return
    this.#finished.set(uuid, true)
    task.endSample(uuid, sample)
    if (sample.error) this.#failSample('sample', sample.error, task, sample, time)
  }

  #sampleEvent(data: HookData<'onSampleEvent'>, time: number): void {
    const { event, sample_id: uuid } = data
    const task = this.#runs.task(data, time)
    if (!task || event.pending) return
    const sample = task.samples.get(uuid)
    sample?.event(event, time)
    if (event.event !== 'model' && event.event !== 'tool') return
    const before = event.uuid === undefined ? undefined : this.#seen.get(event.uuid)
    const counts = event.event === 'model' ? countsOfCall(event) : noCounts
    if (event.uuid !== undefined) this.#seen.set(event.uuid, counts)
    if (event.event === 'model') {
      if (!before) task.openCalls.end(uuid, event.input.at(-1)?.id)
      this.#count(milliseconds(event.completed) ?? time, () => task.ledger.addEvent(counts, before))
    } else if (event.error && !before) {
      const { type, message } = event.error
      this.#fail(this.#runs.run(data, time), task, { kind: 'tool', type, message, time, sample })
    }
  }

  #beforeCall(data: HookData<'onBeforeModelGenerate'>, time: number): void {
    if (typeof data.sample_id !== 'string') return
    const call = { model: data.model_name.slice(0, 200), since: time }
    this.#runs.task(data, time)?.openCalls.begin(data.sample_id, data.input.at(-1)?.id, call)
  }

  #countUsage(data: Partial<HookData<'onModelUsage'>>, counts: Counts, time: number): void {
    const task = this.#runs.task(data, time)
    this.#count(time, () => {
      if (task) task.ledger.addUsage(counts)
      else if (typeof data.eval_id !== 'string') this.#runs.addLoose(counts, time)
    })
  }

  /** What a change adds came at that time. */
  #count(time: number, change: () => void): void {
    const before = this.#runs.tokens()
    change()
    this.#rate.add(this.#runs.tokens() - before, time)
  }

  #retry(data: HookData<'onModelRetry'>, time: number): void {
    const task = this.#runs.task(data, time)
    const run = this.#runs.run(data, time)
    const seconds = Number.isFinite(data.wait_time) ? Math.max(0, data.wait_time) : 0
    const type = shortName(data.exception_type)
    const status = typeof data.status_code === 'number' ? data.status_code : null
    const trouble = this.#runs.troubleOf(run, time)
    trouble.retries += 1
    trouble.waited += seconds * 1000
    if (status === 429 || /rate.?limit|throttl|quota/i.test(type ?? '')) trouble.rateLimited += 1
    const sample = task?.samples.get(data.sample_id ?? '')
    sample?.retry(data.model_name.slice(0, 200), time, seconds)
    this.#errors.add(run?.id, task?.id, {
      ...whereOf(task, sample),
      kind: 'retry',
      type: type ?? 'unknown',
      status,
      message: null,
      time,
      model: task?.model ?? shortName(data.model_name),
    })
  }

  /** A sample in flight, or one that is begun herewith; none when it is finished already. */
  #sample(data: HookData<'onSampleInit'>, time: number): SampleBoard | undefined {
    const task = this.#runs.task(data, time)
    if (!task || task.ended !== undefined || this.#finished.has(data.sample_id)) return undefined
    const sample = task.samples.get(data.sample_id) ?? new SampleBoard(time)
    const { id, epoch } = data.summary
    sample.id = typeof id === 'string' ? id.slice(0, 200) : id
    sample.epoch = epoch
    task.samples.set(data.sample_id, sample)
    return sample
  }

  #sampleInFlight(data: HookData<'onSampleScoring'>, time: number): SampleBoard | undefined {
    return this.#runs.task(data, time)?.samples.get(data.sample_id)
  }

  #failSample(
    kind: 'sample' | 'attempt',
    error: EvalError,
    task: TaskBoard,
    sample: { readonly id: string | number | null; readonly epoch: number | null },
    time: number,
  ): void {
    if (isCancelled(error.message)) return
    const run = this.#runs.run({ run_id: task.runId }, time)
    this.#fail(run, task, { kind, ...spanError(error, {}), time, sample })
  }

  #fail(
    run: RunBoard | undefined,
    task: TaskBoard | undefined,
    error: Pick<ErrorSnapshot, 'kind' | 'type' | 'time'> & {
      readonly message: string
      readonly sample?: { readonly id: string | number | null; readonly epoch: number | null } | undefined
    },
  ): void {
    this.#runs.troubleOf(run, error.time).errors += 1
    this.#errors.add(run?.id, task?.id, {
      ...whereOf(task, error.sample),
      kind: error.kind,
      type: shortName(error.type) ?? 'unknown',
      status: null,
      message: this.#masked(error.message),
      time: error.time,
    })
  }

  #masked(message: string): string | null {
    try {
      return this.#mask?.(message.slice(0, mostToMask)).slice(0, mostOfMessage) ?? null
    } catch {
      return null
    }
  }
}

function whereOf(
  task: TaskBoard | undefined,
  sample: { readonly id: string | number | null; readonly epoch: number | null } | undefined,
): Pick<ErrorSnapshot, 'task' | 'model' | 'sample' | 'epoch'> {
  const id = sample?.id ?? null
  return {
    task: task?.name ?? null,
    model: task?.model ?? null,
    sample: typeof id === 'string' ? id.slice(0, 200) : id,
    epoch: sample?.epoch ?? null,
  }
}

function countsOfCall({ cache, error, output }: Extract<Event, { event: 'model' }>): Counts {
  if (cache === 'read') return countsOf(undefined, { cacheHits: 1 })
  return error === undefined ? countsOf(output?.usage, { calls: 1 }) : noCounts
}
