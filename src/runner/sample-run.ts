import type { EvalRetryError, EvalSample } from '../inspect/records.ts'
import { fire } from './active.ts'
import type { ScoredSample } from './results.ts'
import { SampleAttempt } from './sample-attempt.ts'
import { sampleRecord } from './sample-record.ts'
import { shortUuid } from './short-uuid.ts'
import type { NamedSample, TaskContext } from './task-context.ts'
import { TaskState } from './task-state.ts'
import { toMessages } from './to-messages.ts'

/** What a sample of one epoch came to, for the results of its task. */
export function resultOf({ id, epoch, scores = {}, error }: EvalSample): ScoredSample {
  const isScored = !error || Object.keys(scores).length > 0
  return { id, epoch, scores: isScored ? scores : undefined, completed: error === undefined }
}

/** Everything that is done for one sample of one epoch: as many attempts as it takes and it is given, under one uuid. */
export class SampleRun {
  readonly #context: TaskContext
  readonly #sample: NamedSample
  readonly #epoch: number
  readonly #uuid = shortUuid()
  readonly #retries: EvalRetryError[]

  /** `earlier`: the errors of attempts in an earlier run of the task. */
  constructor(context: TaskContext, sample: NamedSample, epoch: number, earlier: readonly EvalRetryError[] = []) {
    this.#context = context
    this.#sample = sample
    this.#epoch = epoch
    this.#retries = [...earlier]
  }

  /** Undefined when it was never begun, because its task was over. Rejects with what a hook ends the task with. */
  async run(): Promise<ScoredSample | undefined> {
    const { retryOnError, places, signal } = this.#context
    let failed: SampleAttempt | undefined
    for (let number = 1; ; number += 1) {
      try {
        // Each attempt queues anew: one that is tried again comes after those that wait.
        await places.acquire(signal)
      } catch {
        return failed && (await this.#giveUp(failed))
      }
      const attempt = this.#attempt(number, number <= retryOnError)
      let sample: EvalSample | undefined
      try {
        await attempt.run()
        const isLast = !attempt.error || number > retryOnError || attempt.cancelled
        if (isLast) sample = await this.#log(attempt)
        // Before another sample begins, which a task that fails has no use for.
        if (isLast && attempt.error && !attempt.cancelled) this.#context.failed(attempt.thrown)
      } finally {
        places.release()
      }
      if (sample) return await this.#end(attempt, sample)
      await attempt.end(true)
      this.#retries.push({ ...attempt.error!, events: attempt.active.transcript.events })
      failed = attempt
    }
  }

  #attempt(number: number, mayRetry: boolean): SampleAttempt {
    const { input, target, choices, metadata, id } = this.#sample
    const state = new TaskState({
      uuid: this.#uuid,
      sampleId: id,
      epoch: this.#epoch,
      model: this.#context.model.name,
      input,
      messages: toMessages(input),
      target,
      choices,
      metadata: structuredClone(metadata),
    })
    return new SampleAttempt({ context: this.#context, sample: this.#sample, state, number, mayRetry })
  }

  async #log(attempt: SampleAttempt): Promise<EvalSample> {
    const { active, error, limit, scores, started } = attempt
    const sample = sampleRecord(this.#sample, active, { error, limit, scores, started, retries: this.#retries })
    await this.#context.writer?.sample(sample)
    return sample
  }

  /** There is no other attempt after all: the sample ends with the error of its last one. */
  async #giveUp(last: SampleAttempt): Promise<ScoredSample> {
    this.#retries.pop()
    const sample = await this.#log(last)
    await fire(this.#context.emitter, 'onSampleEnd', { ...this.#context.ids, sample_id: this.#uuid, sample })
    return resultOf(sample)
  }

  async #end(attempt: SampleAttempt, sample: EvalSample): Promise<ScoredSample> {
    const { emitter, ids } = this.#context
    try {
      await attempt.end(false)
    } finally {
      await fire(emitter, 'onSampleEnd', { ...ids, sample_id: this.#uuid, sample })
    }
    return resultOf(sample)
  }
}
