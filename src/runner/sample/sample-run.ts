import { EvalspanError, messageOf } from '../../errors.ts'
import type { EvalRetryError, EvalSample } from '../../inspect/records.ts'
import { fire } from './active.ts'
import { evalError } from '../eval-error.ts'
import { messageProblems } from './message-problems.ts'
import type { ScoredSample } from '../results/eval-results.ts'
import { SampleAttempt } from './sample-attempt.ts'
import { sampleRecord } from './sample-record.ts'
import { shortUuid } from '../short-uuid.ts'
import type { NamedSample, TaskContext } from '../task/task-context.ts'
import { TaskState } from './task-state.ts'
import { toMessages } from './to-messages.ts'

/** What a sample of one epoch came to, for the results of its task. */
export function resultOf({ id, epoch, scores = {}, error }: EvalSample): ScoredSample {
  const isScored = !error || Object.keys(scores).length > 0
  return { id, epoch, scores: isScored ? scores : undefined, completed: error === undefined }
}

interface LoggedSample {
  readonly sample: EvalSample
  /** Why it is not in the log. */
  readonly failure?: { readonly thrown: unknown }
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
    const { retryOnError, places } = this.#context
    for (let number = 1; ; number += 1) {
      // Each attempt queues anew: one that is tried again comes after those that wait.
      const hasPlace = await places.acquire().then(
        () => true,
        () => false,
      )
      // An attempt that was announced is made even then: it is over before it starts, and the sample has its end.
      if (!hasPlace && number === 1) return undefined
      const attempt = this.#attempt(number, number <= retryOnError)
      let result: ScoredSample | undefined
      try {
        await attempt.run()
        const isLast = !attempt.error || number > retryOnError || attempt.cancelled
        // In its place still, so that no other sample begins before hooks heard of its end.
        if (isLast) result = await this.#finish(attempt)
      } finally {
        if (hasPlace) places.release()
      }
      if (result) return result
      try {
        await attempt.end(true)
      } catch (error) {
        this.#context.end(error)
      }
      this.#context.writer?.realtime?.drop(this.#sample.id, this.#epoch)
      this.#retries.push({ ...attempt.error!, events: attempt.active.transcript.events })
    }
  }

  async #finish(attempt: SampleAttempt): Promise<ScoredSample> {
    const logged = await this.#log(attempt)
    let result: ScoredSample
    try {
      await attempt.end(false)
    } finally {
      result = await this.#end(logged)
    }
    if (attempt.cancelled) return result
    if (attempt.error) this.#context.failed(attempt.thrown)
    else if (logged.sample.error) this.#context.failed(new Error(logged.sample.error.message))
    return result
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
      metadata: this.#copied(metadata),
    })
    const rows = this.#context.writer?.realtime?.begin(id, this.#epoch)
    return new SampleAttempt({ context: this.#context, sample: this.#sample, state, number, mayRetry, rows })
  }

  /** What an attempt does to it the next one does not see. */
  #copied(metadata: NamedSample['metadata']): NamedSample['metadata'] {
    try {
      return structuredClone(metadata)
    } catch (error) {
      const what = `sample ${this.#sample.id}: its metadata cannot be copied (${messageOf(error)}); give plain data`
      throw new EvalspanError('BAD_DATASET', what, { cause: error })
    }
  }

  async #log(attempt: SampleAttempt): Promise<LoggedSample> {
    const { active, error, limit, scores, started } = attempt
    for (const [index, problem] of messageProblems(active.state.messages)) {
      const where = `task ${active.task}, sample ${this.#sample.id}`
      this.#context.report(`${where}: state.messages[${index}] ${problem}; the log is without it`)
    }
    const sample = sampleRecord(this.#sample, active, { error, limit, scores, started, retries: this.#retries })
    try {
      return { sample: await this.#write(sample) }
    } catch (thrown) {
      return { sample, failure: { thrown } }
    }
  }

  /** What cannot be stored as it is (it may be nested without end) is stored without its content, with an error. */
  async #write(sample: EvalSample): Promise<EvalSample> {
    const { writer, report } = this.#context
    try {
      await writer?.sample(sample)
      return sample
    } catch (error) {
      if (!(error instanceof EvalspanError && error.code === 'BAD_SAMPLE')) throw error
      report(error.message)
      const bare = { ...sample, messages: [], events: [], metadata: {}, store: {}, scores: {}, error: evalError(error) }
      await writer?.sample(bare)
      return bare
    }
  }

  async #end({ sample, failure }: LoggedSample): Promise<ScoredSample> {
    const { emitter, ids } = this.#context
    await fire(emitter, 'onSampleEnd', { ...ids, sample_id: this.#uuid, sample })
    if (failure) throw failure.thrown
    return resultOf(sample)
  }
}
