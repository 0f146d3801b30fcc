import { LimitExceededError, messageOf } from '../../errors.ts'
import type { SampleAttemptEnd, SampleInit, SampleScoring } from '../../hooks/events.ts'
import type { HookData, HookName } from '../../hooks/hooks.ts'
import { startSummary } from '../../inspect/start-summary.ts'
import type { ErrorEvent, EvalError, EvalSampleSummary, Event, OtherEvent, Score } from '../../inspect/records.ts'
import { orAborted, orUnwound, withGrace } from '../abortable.ts'
import { fire, runInSample, type ActiveSample } from './active.ts'
import { timestamp } from '../clock.ts'
import { CancelledError, evalError, somethingThrown } from '../eval-error.ts'
import { EventStream } from './event-stream.ts'
import { placeOf } from './failure-place.ts'
import { generateFor } from '../generate.ts'
import { SampleLimits } from './limits.ts'
import type { SampleRows } from '../log/sample-rows.ts'
import { hideKeys } from '../model/hide-keys.ts'
import { runSolvers } from './run-solver.ts'
import { SampleClock } from './sample-clock.ts'
import { scoreSample, tellScore } from './score-sample.ts'
import type { SampleOutcome } from './sample-record.ts'
import { stateRecord } from './state-record.ts'
import type { NamedSample, SpanPlace, TaskContext } from '../task/task-context.ts'
import type { TaskState } from './task-state.ts'
import { outsideOfSpans, Transcript } from './transcript.ts'
import { Usage } from './usage.ts'

export interface AttemptOptions {
  readonly context: TaskContext
  readonly sample: NamedSample
  readonly state: TaskState
  /** From 1. */
  readonly number: number
  /** When this one fails there is another one. */
  readonly mayRetry: boolean
  /** Takes what happens, for those who look on. */
  readonly rows: Pick<SampleRows, 'start' | 'push'> | undefined
}

/** One attempt at a sample, from its init to the drain of its events; what follows from it is up to who made it. */
export class SampleAttempt {
  readonly active: ActiveSample
  error: EvalError | undefined
  /** What was thrown. */
  thrown: unknown
  limit: SampleOutcome['limit']
  /** By their names in the log. */
  readonly scores: { [scorer: string]: Score } = {}
  /** Its task, or the whole run, was over. */
  cancelled = false
  /** When its solvers could begin. */
  started = timestamp()
  readonly #options: AttemptOptions
  readonly #stream: EventStream
  readonly #clock = new SampleClock()
  #summary: EvalSampleSummary | undefined
  #isStarted = false
  #phase: 'init' | 'solve' | 'score' = 'init'

  constructor(options: AttemptOptions) {
    this.#options = options
    const { context, state, rows } = options
    this.#stream = new EventStream((event) => this.#fireEvent(event))
    const transcript = new Transcript({
      clock: this.#clock,
      onEvent: (event) => {
        // As it is now: it may change before anybody looks at it, and comes once more then.
        const version = { ...event }
        this.#stream.push(version)
        rows?.push(version)
      },
      store: () => this.active.state.store,
      within: (id, run) => this.active.within('span', id, run),
    })
    this.active = {
      emitter: context.emitter,
      ids: context.ids,
      task: context.spec.task,
      uuid: state.uuid,
      epoch: state.epoch,
      model: context.model,
      roles: context.roles,
      config: context.config,
      models: context.models,
      transcript,
      clock: this.#clock,
      limits: new SampleLimits(context.limits, transcript),
      usage: new Usage(),
      taskUsage: context.usage,
      signal: context.signal,
      within: (kind, id, run) => this.#within(kind, id, run),
      state,
    }
    state.signal = context.signal
  }

  /** Never rejects for what happens in the sample. */
  async run(): Promise<void> {
    const run = (): Promise<void> => this.#within('attempt', String(this.#options.number), () => this.#run())
    await outsideOfSpans(() => runInSample(this.active, run))
  }

  /** Whether hooks heard of its start: only then they hear of its end. */
  async end(willRetry: boolean): Promise<void> {
    if (!this.#isStarted) return
    const data: Pick<SampleAttemptEnd, 'error' | 'will_retry'> = { error: this.error ?? null, will_retry: willRetry }
    await this.#fire('onSampleAttemptEnd', { ...this.#start(), attempt: this.#options.number, ...data })
  }

  async #run(): Promise<void> {
    const { sandbox } = this.#options.context.options
    try {
      await this.#init()
      if (!this.error) await this.#solve()
    } catch (error) {
      this.#fail(error)
    }
    this.active.limits.end()
    this.active.state.completed = true
    if (this.#summary && this.#clock.total !== undefined) await this.#score()
    if (sandbox?.cleanup) await this.#clean('sandbox', sandbox.cleanup)
    await this.#stream.drain()
    this.active.transcript.close()
  }

  /** All that comes before the solvers: hooks hear of it when the sample is over. */
  async #init(): Promise<void> {
    const { transcript } = this.active
    await transcript.span('init', 'init', async () => {
      try {
        await this.#prepare()
      } catch (error) {
        // Within the span, as in Inspect.
        this.#fail(error)
      }
    })
    if (this.error) return
    this.started = timestamp()
    this.#clock.start()
    this.#phase = 'solve'
  }

  async #prepare(): Promise<void> {
    const { context, sample, number, rows } = this.#options
    const { transcript, state } = this.active
    this.started = timestamp()
    const { uuid, epoch } = this.active
    const given = { ...sample, target: sample.target ?? '', uuid, epoch, messages: [], events: [] }
    this.#summary = startSummary(given, this.started)
    rows?.start(this.#summary)
    transcript.add<OtherEvent>({ event: 'sample_init', sample, state: await stateRecord(state) })
    if (number === 1) await this.#fire('onSampleInit', this.#start())
    // Its task may have been over before it had its place.
    this.active.signal.throwIfAborted()
    if (context.options.sandbox) await orAborted(async () => context.options.sandbox!.init(state), this.active.signal)
  }

  async #solve(): Promise<void> {
    const { context, number } = this.#options
    const { transcript, limits } = this.active
    limits.begin()
    if (number === 1) await this.#fire('onSampleStart', this.#start())
    this.#isStarted = true
    await this.#fire('onSampleAttemptStart', { ...this.#start(), attempt: number })
    const timeUp = new AbortController()
    this.#setSignal(AbortSignal.any([context.signal, timeUp.signal]))
    const endWatch = limits.watchTime(this.#clock, (reason) => timeUp.abort(reason))
    this.#stream.open()
    const generate = generateFor(this.active)
    try {
      await transcript.span('solvers', 'solvers', async () => {
        try {
          await orUnwound(() => runSolvers(context.solvers, this.active, generate), this.active.signal)
        } finally {
          transcript.endInner()
        }
      })
    } catch (error) {
      if (timeUp.signal.aborted && error === timeUp.signal.reason) limits.expired(error as LimitExceededError)
      throw error
    } finally {
      endWatch()
    }
  }

  async #score(): Promise<void> {
    const { context, sample, mayRetry } = this.#options
    const { scoreOnError, scorers, options } = context
    const given = sample.target ?? ''
    const { state } = this.active
    state.scores ??= {}
    const bySolvers = Object.keys(state.scores)
    this.#phase = 'score'
    const timeUp = new AbortController()
    this.#setSignal(AbortSignal.any([context.signal, timeUp.signal]))
    const endWatch = this.active.limits.watchScoring((reason) => timeUp.abort(reason))
    try {
      await this.#fire('onSampleScoring', this.#ids())
      const isScored = !this.error || (scoreOnError && !mayRetry && !this.cancelled)
      if (isScored) {
        await orUnwound(() => scoreSample(scorers, given, this.active, this.scores), this.active.signal)
      }
      for (const name of bySolvers) this.scores[name] = tellScore(name, state.scores[name]!, given, this.active)
    } catch (error) {
      this.active.transcript.endInner()
      if (timeUp.signal.aborted && error === timeUp.signal.reason)
        this.active.limits.expired(error as LimitExceededError)
      this.#fail(error)
    } finally {
      endWatch()
    }
    if (options.cleanup) await this.#clean('cleanup', options.cleanup)
  }

  #fail(error: unknown): void {
    const { context, mayRetry } = this.#options
    const thrown = somethingThrown(error)
    if (LimitExceededError.is(thrown) && this.#phase === 'solve') {
      this.limit = { type: thrown.type, limit: thrown.limit ?? -1, reason: hideKeys(thrown.message) }
      return
    }
    this.cancelled = context.signal.aborted
    this.thrown = thrown
    this.error = evalError(this.cancelled && !(thrown instanceof CancelledError) ? new CancelledError() : thrown)
    // A retried attempt's error is in the history of the sample, not among its events.
    if (mayRetry && !this.cancelled) return
    this.active.transcript.add<ErrorEvent>({ event: 'error', error: this.error })
    const place = this.cancelled ? undefined : placeOf(thrown)
    if (place !== undefined) context.report(`task ${this.active.task}: ${place} failed: ${messageOf(thrown)}`)
  }

  async #clean(what: string, clean: (state: TaskState) => unknown): Promise<void> {
    const { cancelled, ms } = this.#options.context.grace
    const left = new AbortController()
    this.#setSignal(left.signal)
    try {
      await withGrace(async () => clean(this.active.state), cancelled, ms)
    } catch (error) {
      this.#options.context.report(`sample ${this.#options.sample.id}: ${what} failed: ${messageOf(error)}`)
      left.abort(error)
    }
  }

  #setSignal(signal: AbortSignal): void {
    this.active.signal = signal
    this.active.state.signal = signal
  }

  async #fireEvent(event: Event): Promise<void> {
    try {
      await this.#fire('onSampleEvent', { ...this.#ids(), event })
    } catch {
      // No limit can be enforced from there, as in Inspect.
    }
  }

  #fire<N extends HookName>(name: N, data: HookData<N>): Promise<void> {
    return fire(this.active.emitter, name, data)
  }

  #within<T>(kind: SpanPlace['kind'], id: string, run: () => T): T {
    const { ids, uuid } = this.active
    return this.#options.context.within({ runId: ids.run_id, evalSetId: ids.eval_set_id, uuid, kind, id }, run)
  }

  #ids(): SampleScoring {
    return { ...this.active.ids, sample_id: this.active.uuid }
  }

  #start(): SampleInit {
    return { ...this.#ids(), summary: this.#summary! }
  }
}
