import type { HookEvent } from '../hooks/hooks.ts'
import type { BufferedEvent, BufferedSample } from '../inspect/buffer/sample-buffer.ts'
import { callKey, failedAttempts, isFailedAttempt } from '../inspect/model-calls.ts'
import type { EvalLog, EvalSampleSummary, Event, ModelEvent } from '../inspect/records.ts'
import { sampleIdOf } from '../inspect/sample-key.ts'
import { fire } from './fire.ts'
import { beforeGenerate, modelRetry, modelUsage, type SampleIds } from './model-hooks.ts'

/**
 * The hooks of a sample that is not in its log yet, as its events come. Inspect hands each version of an event to the
 * buffer and to the hooks at the same moment, so they are those that it fired, but for what only the end tells: why an
 * attempt was retried, and how the sample ended.
 */
export class RunningSample {
  readonly #ids: SampleIds
  readonly #task: string
  /** Attempts that fail are tried again, so this may be one of which the log will keep a part only. */
  readonly #isTriedAgain: boolean
  #cursor = 0
  #first: number | undefined
  /** From 1; if attempts may have been missed, it is at least this one. */
  #attempt = 0
  #announced = false
  #started = false
  #run = new AttemptRun()
  readonly #held: HeldEvent[] = []

  constructor({ eval: spec }: EvalLog, { id, epoch, uuid }: EvalSampleSummary) {
    this.#ids = {
      eval_set_id: spec.eval_set_id ?? null,
      run_id: spec.run_id,
      eval_id: spec.eval_id,
      sample_id: sampleIdOf(spec.eval_id, { id, epoch, uuid }),
    }
    this.#task = spec.task
    this.#isTriedAgain = Boolean(spec.config['retry_on_error'])
  }

  /** What has been told of it, as the buffer counts. */
  get cursor(): number {
    return this.#cursor
  }

  /** `isLast`: the run has crashed, so no log will tell what is held back for it. */
  *take({ summary, first }: BufferedSample, changes: Iterable<BufferedEvent>, isLast: boolean): Generator<HookEvent> {
    if (first !== this.#first) {
      this.#first = first
      this.#attempt += 1
      this.#run = new AttemptRun()
      this.#held.length = 0
    }
    for (const { cursor, event } of changes) {
      this.#cursor = cursor
      if (!this.#announced) {
        this.#announced = true
        yield fire('onSampleInit', { ...this.#ids, summary }, event.timestamp)
      }
      if (this.#run.solvers === undefined) {
        // What comes before is no event of an attempt: nobody was told of it.
        if (event.event !== 'span_begin' || event.name !== 'solvers') continue
        yield* this.#begin(summary, event.timestamp)
      }
      yield* this.#event(event)
    }
    if (isLast) yield* this.#release(() => true)
  }

  *#begin(summary: EvalSampleSummary, time: string): Generator<HookEvent> {
    if (!this.#started) yield fire('onSampleStart', { ...this.#ids, summary }, time)
    this.#started = true
    yield fire('onSampleAttemptStart', { ...this.#ids, summary, attempt: this.#attempt }, time)
  }

  *#event(event: Event): Generator<HookEvent> {
    this.#run.note(event)
    if (event.event === 'model') yield* this.#model(event)
    if (event.pending) return
    const given = fire('onSampleEvent', { ...this.#ids, event }, (event as ModelEvent).completed ?? event.timestamp)
    const until = this.#isTriedAgain ? this.#run.waitsFor(event) : undefined
    if (until) this.#held.push({ given, until })
    else yield given
    if (event.event === 'span_end' && event.id === this.#run.solvers)
      yield fire('onSampleScoring', this.#ids, event.timestamp)
  }

  *#release(isDue: (held: HeldEvent) => boolean): Generator<HookEvent> {
    for (const held of this.#held.splice(0)) {
      if (isDue(held)) yield held.given
      else this.#held.push(held)
    }
  }

  *#model(event: ModelEvent): Generator<HookEvent> {
    const step = this.#run.model(event)
    if (step.retried) {
      const [failed] = failedAttempts([...step.retried, event], () => undefined).slice(-1)
      yield* modelRetry(this.#ids, this.#task, failed)
    }
    if (step.begins) {
      yield* this.#release(({ until }) => until === 'call')
      yield beforeGenerate(this.#ids, this.#task, event)
    }
    if (step.ends) yield* modelUsage(this.#ids, this.#task, event)
  }
}

/** What the log tells, in words of its own if the attempt is tried again, unless there is another call of a model. */
interface HeldEvent {
  readonly given: HookEvent
  readonly until: 'call' | 'log'
}

interface ModelStep {
  readonly begins: boolean
  readonly ends: boolean
  /** The attempts of the call that failed before this one. */
  readonly retried?: readonly ModelEvent[] | undefined
}

/** What is to be remembered of an attempt's events. */
class AttemptRun {
  /** The span of that name, once it began. */
  solvers: string | undefined
  readonly #topSpans = new Set<string>()
  readonly #models = new Map<string, 'open' | 'done'>()
  /** By call: the attempts that failed, while there may be another. */
  readonly #failed = new Map<string, ModelEvent[]>()

  note(event: Event): void {
    if (event.event !== 'span_begin') return
    if (event.name === 'solvers') this.solvers ??= event.id
    if (event.parent_id === undefined) this.#topSpans.add(event.id)
  }

  /**
   * What an event waits for that makes a span final, if the attempt may be tried again. Of a failed attempt the log keeps
   * what followed its last call of a model, so ends of spans whose begins are lost: before the next call nobody knows
   * whether that is now. What has no other parent than the attempt needs the attempt's number, which only the log tells.
   */
  waitsFor(event: Event): HeldEvent['until'] | undefined {
    if (event.event === 'span_end') return this.#topSpans.has(event.id) ? 'log' : 'call'
    if (event.event === 'span_begin') return undefined
    if (event.span_id === undefined) return 'log'
    return event.event === 'tool' || event.event === 'subtask' ? 'call' : undefined
  }

  /** A model's event comes when the call begins, when it is answered, and when its times are known. */
  model(event: ModelEvent): ModelStep {
    const uuid = event.uuid ?? `${event.span_id}|${event.timestamp}`
    const state = this.#models.get(uuid)
    const failed = isFailedAttempt(event)
    const isDone = failed || event.completed !== undefined
    if (state === 'done') return { begins: false, ends: false }
    this.#models.set(uuid, isDone ? 'done' : 'open')
    const key = callKey(event)
    const retried = state === undefined ? this.#failed.get(key) : undefined
    if (failed) this.#failed.set(key, [...(this.#failed.get(key) ?? []), event])
    else if (isDone) this.#failed.delete(key)
    return { begins: state === undefined, ends: isDone, retried }
  }
}
