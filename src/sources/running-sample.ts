import type { HookEvent } from '../hooks/hooks.ts'
import type { BufferedEvent, BufferedSample } from '../inspect/buffer/sample-buffer.ts'
import { callKey, failedAttempts, isFailedAttempt } from '../inspect/model-calls.ts'
import type { EvalLog, EvalSampleSummary, Event, ModelEvent } from '../inspect/records.ts'
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
  /** No attempt can have been missed. */
  readonly #counted: boolean
  #cursor = 0
  #first: number | undefined
  /** From 1; if attempts may have been missed, it is at least this one. */
  #attempt = 0
  #announced = false
  #started = false
  #run = new AttemptRun()

  constructor({ eval: spec }: EvalLog, { id, epoch, uuid }: EvalSampleSummary) {
    this.#ids = {
      eval_set_id: spec.eval_set_id ?? null,
      run_id: spec.run_id,
      eval_id: spec.eval_id,
      sample_id: uuid ?? `${id}_epoch_${epoch}`,
    }
    this.#task = spec.task
    this.#counted = !spec.config['retry_on_error']
  }

  /** What has been told of it, as the buffer counts. */
  get cursor(): number {
    return this.#cursor
  }

  *take({ summary, first }: BufferedSample, changes: Iterable<BufferedEvent>): Generator<HookEvent> {
    if (first !== this.#first) {
      this.#first = first
      this.#attempt += 1
      this.#run = new AttemptRun()
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
  }

  *#begin(summary: EvalSampleSummary, time: string): Generator<HookEvent> {
    if (!this.#started) yield fire('onSampleStart', { ...this.#ids, summary }, time)
    this.#started = true
    yield fire('onSampleAttemptStart', { ...this.#ids, summary, attempt: this.#attempt }, time)
  }

  *#event(event: Event): Generator<HookEvent> {
    const run = this.#run
    run.note(event)
    if (event.event === 'model') yield* this.#model(event)
    // What hangs on the attempt itself is known by the attempt's number.
    if (event.pending || (!this.#counted && run.endsOnTop(event))) return
    yield fire('onSampleEvent', { ...this.#ids, event }, (event as ModelEvent).completed ?? event.timestamp)
    if (event.event === 'span_end' && event.id === run.solvers)
      yield fire('onSampleScoring', this.#ids, event.timestamp)
  }

  *#model(event: ModelEvent): Generator<HookEvent> {
    const step = this.#run.model(event)
    if (step.retried) {
      const [failed] = failedAttempts([...step.retried, event], () => undefined).slice(-1)
      if (failed?.next) yield modelRetry(this.#ids, this.#task, failed, failed.next.start)
    }
    if (step.begins) yield beforeGenerate(this.#ids, this.#task, event)
    if (step.ends) yield* modelUsage(this.#ids, this.#task, event)
  }
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

  /** The event makes something final that has no other parent than the attempt. */
  endsOnTop(event: Event): boolean {
    if (event.event === 'span_begin') return false
    return event.event === 'span_end' ? this.#topSpans.has(event.id) : event.span_id === undefined
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
