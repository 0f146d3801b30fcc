import { openLog } from '../inspect/log.ts'
import type { EvalRetryError, EvalSample } from '../inspect/records.ts'

/** What an earlier attempt at a task has come to, sample by sample. */
export class EarlierLog {
  readonly #path: string
  readonly #errors = new Map<string, readonly EvalRetryError[]>()
  readonly #reused = new Set<string>()

  constructor(path: string) {
    this.#path = path
  }

  /** Gives the samples that need not be run again, one at a time. What cannot be read is run again. */
  async *reusable(isPlanned: (id: string | number, epoch: number) => boolean): AsyncGenerator<EvalSample> {
    const log = await openLog(this.#path)
    try {
      for await (const entry of log.samples()) {
        if ('error' in entry || !isPlanned(entry.sample.id, entry.sample.epoch)) continue
        const { id, epoch, error, error_retries = [], events } = entry.sample
        if (error) this.#errors.set(keyOf(id, epoch), [...error_retries, { ...error, events }])
        else {
          this.#reused.add(keyOf(id, epoch))
          yield entry.sample
        }
      }
    } finally {
      await log.close()
    }
  }

  isReused(id: string | number, epoch: number): boolean {
    return this.#reused.has(keyOf(id, epoch))
  }

  /** Those of a sample that failed, which belong to its history. */
  errorsOf(id: string | number, epoch: number): readonly EvalRetryError[] {
    return this.#errors.get(keyOf(id, epoch)) ?? []
  }
}

/** `1` and `"1"` are the same sample to Inspect's logs. */
function keyOf(id: string | number, epoch: number): string {
  return `${epoch} ${id}`
}
