import { EvalspanError } from '../../errors.ts'
import { findBuffers } from '../../inspect/buffer/find-buffers.ts'
import { finishedSample } from '../../inspect/buffer/finished-sample.ts'
import { openBuffer } from '../../inspect/buffer/open-buffer.ts'
import { openLog } from '../../inspect/log.ts'
import type { EvalRetryError, EvalSample } from '../../inspect/records.ts'
import type { EvalLogWriter } from '../log/eval-log-writer.ts'
import { nameOfSample } from '../sample/name-of-sample.ts'

/** A sample that ended with its task has not failed itself. */
const cancelled = /^Cancelled(Error)?\(/

/** What earlier attempts at a task have come to, sample by sample. */
export class EarlierLogs {
  readonly #paths: readonly string[]
  readonly #errors = new Map<string, readonly EvalRetryError[]>()
  readonly #reused = new Set<string>()

  /** The latest first. */
  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  /** Gives the samples that need not be run again, one at a time. What cannot be read is run again. */
  async *reusable(isPlanned: (id: string | number, epoch: number) => boolean): AsyncGenerator<EvalSample> {
    const known = new Set<string>()
    for await (const sample of this.#all()) {
      const { id, epoch, error, error_retries = [], events } = sample
      const key = nameOfSample(id, epoch)
      if (known.has(key) || !isPlanned(id, epoch)) continue
      known.add(key)
      const isFailed = error && !cancelled.test(error.message)
      if (error) this.#errors.set(key, isFailed ? [...error_retries, { ...error, events }] : error_retries)
      else {
        this.#reused.add(key)
        yield sample
      }
    }
  }

  /** Writes those of these names that failed: they were not run again, and the next attempt is to know of them. */
  async keep(names: ReadonlySet<string>, writer: Pick<EvalLogWriter, 'sample'>): Promise<void> {
    const wanted = new Set(names.values().filter((name) => this.#errors.has(name)))
    if (wanted.size === 0) return
    for await (const sample of this.#all()) {
      if (wanted.delete(nameOfSample(sample.id, sample.epoch))) await writer.sample(sample)
    }
  }

  /** One that was killed may not have come to take over what those before it had. */
  async *#all(): AsyncGenerator<EvalSample> {
    for (const path of this.#paths) if (yield* this.#samples(path)) return
  }

  /**
   * All that were finished, and whether the attempt has come to its end. Those of a run that was killed may not have come into
   * the log.
   */
  async *#samples(path: string): AsyncGenerator<EvalSample, boolean> {
    const log = await openLog(path)
    try {
      for await (const entry of log.samples()) if (!('error' in entry)) yield entry.sample
      if (!log.finished) yield* finishedSamples(path)
      return log.finished
    } finally {
      await log.close()
    }
  }

  isReused(id: string | number, epoch: number): boolean {
    return this.#reused.has(nameOfSample(id, epoch))
  }

  /** Whether it is in that log, and is to be run again. */
  isKnown(id: string | number, epoch: number): boolean {
    return this.#errors.has(nameOfSample(id, epoch))
  }

  /** Those of a sample that failed, which belong to its history. */
  errorsOf(id: string | number, epoch: number): readonly EvalRetryError[] {
    return this.#errors.get(nameOfSample(id, epoch)) ?? []
  }
}

/** Those of the log's buffer, as far as they can be read. */
async function* finishedSamples(path: string): AsyncGenerator<EvalSample> {
  for (const place of await findBuffers(path)) {
    const buffer = openBuffer(place, { onProblem: () => {} })
    try {
      await buffer.refresh()
      for (const sample of buffer.samples()) {
        if (sample.summary.completed) yield finishedSample(sample, buffer.changes(sample))
      }
    } catch (error) {
      if (!(error instanceof EvalspanError)) throw error
    } finally {
      buffer.close()
    }
  }
}
