import type { EvalspanError } from '../errors.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { badLog } from '../inspect/bad-log.ts'
import { finishedSample } from '../inspect/buffer/finished-sample.ts'
import { isAbandoned } from '../inspect/buffer/is-abandoned.ts'
import { openBuffer } from '../inspect/buffer/open-buffer.ts'
import type { BufferPlace } from '../inspect/buffer/find-buffers.ts'
import type { BufferedSample, SampleBuffer } from '../inspect/buffer/sample-buffer.ts'
import type { SampleKey } from '../inspect/layout.ts'
import type { EvalLog } from '../inspect/records.ts'
import { RunningSample } from './running-sample.ts'
import { sampleEvents } from './sample-events.ts'

export interface RunningSamplesOptions {
  /** The header of their log. */
  readonly log: EvalLog
  /** Samples that are told from the log, or not wanted. One that was told from here is forgotten when this says so. */
  readonly leaveOut: (key: SampleKey) => boolean
  /** What cannot be read; the rest is. */
  readonly onProblem: (error: EvalspanError) => void
}

interface Known {
  readonly key: SampleKey
  readonly sample: RunningSample
  /** Its end has been told. */
  ended: boolean
}

/**
 * The samples of a log that Inspect still keeps in its buffer: those that run, and those that are finished and not yet
 * written. Once a sample is in the log it is told from there, from its beginning, and what was told from here is told
 * again in the same words.
 */
export class RunningSamples {
  readonly #options: RunningSamplesOptions
  readonly #buffer: SampleBuffer
  readonly #samples = new Map<string, Known>()
  readonly #told = new Set<string>()
  #gone = false
  /** Its run is over, and no log will tell what is here: what is finished ends here. */
  #crashed = false
  /** Not all that was there has been told. */
  #behind = false

  constructor(place: BufferPlace, options: RunningSamplesOptions) {
    this.#options = options
    this.#buffer = openBuffer(place, options)
  }

  /** Inspect removed the buffer, as it does when the run is over: all is in the log. */
  get gone(): boolean {
    return this.#gone
  }

  /** What has come since the last time, one sample after another. To be read to its end before it is asked again. */
  async *update(): AsyncGenerator<Iterable<HookEvent>> {
    if (this.#gone) return
    try {
      // Before what is read, so that nothing can be written in between.
      const crashed = await isAbandoned(this.#buffer.place)
      const state = await this.#buffer.refresh()
      this.#gone = state === 'gone'
      if (this.#gone || (state === 'same' && !this.#behind && crashed === this.#crashed)) return
      this.#crashed = crashed
      const samples = this.#buffer.samples()
      this.#behind = false
      this.#forget()
      for (const sample of samples) {
        if (!this.#options.leaveOut(sample.summary)) yield this.#take(sample)
      }
    } catch (error) {
      this.#problem(error)
    }
  }

  close(): void {
    this.#gone = true
    this.#buffer.close()
    this.#samples.clear()
  }

  *#take(buffered: BufferedSample): Generator<HookEvent> {
    const { id, epoch, uuid } = buffered.summary
    const name = uuid ?? `${epoch}|${id}`
    let known = this.#samples.get(name)
    if (!known) {
      const sample = new RunningSample(this.#options.log, buffered.summary)
      known = { key: { id, epoch, uuid }, sample, ended: false }
      this.#samples.set(name, known)
    }
    if (known.ended) return
    const { log } = this.#options
    try {
      if (this.#crashed && buffered.summary.completed) {
        yield* sampleEvents(log, finishedSample(buffered, this.#buffer.changes(buffered)), () => false)
        known.ended = true
      } else yield* known.sample.take(buffered, this.#buffer.changes(buffered, known.sample.cursor), this.#crashed)
    } catch (error) {
      this.#problem(error)
    }
  }

  /** A sample that is not in the buffer at the moment may be retried later, so only those are forgotten that are told. */
  #forget(): void {
    for (const [name, { key }] of this.#samples) if (this.#options.leaveOut(key)) this.#samples.delete(name)
  }

  /** Told once, however often it is come upon. */
  #problem(error: unknown): void {
    this.#behind = true
    const problem = badLog(this.#buffer.place.path, undefined, error)
    if (this.#told.has(problem.message)) return
    this.#told.add(problem.message)
    this.#options.onProblem(problem)
  }
}
