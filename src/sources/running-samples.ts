import type { EvalspanError } from '../errors.ts'
import type { HookEvent } from '../hooks/hooks.ts'
import { badLog } from '../inspect/bad-log.ts'
import { finishedSample } from '../inspect/buffer/finished-sample.ts'
import { isAlive } from '../inspect/buffer/is-alive.ts'
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
  /**
   * Its run is over without having written all of it, as it also is when the process that writes the buffer is no more.
   * What is finished then ends here: no log will tell it.
   */
  readonly crashed?: boolean | undefined
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

  /** The run is over, and what it did not write to the log is here. */
  get crashed(): boolean {
    return this.#crashed
  }

  /** What has come since the last time, one sample after another. To be read to its end before it is asked again. */
  async *update(): AsyncGenerator<Iterable<HookEvent>> {
    if (this.#gone) return
    try {
      // Before what is read, so that nothing can be written in between.
      const crashed = this.#hasCrashed()
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
        yield* sampleEvents(log, finishedSample(buffered.summary, this.#buffer.changes(buffered)), () => false)
        known.ended = true
      } else yield* known.sample.take(buffered, this.#buffer.changes(buffered, known.sample.cursor), this.#crashed)
    } catch (error) {
      this.#problem(error)
    }
  }

  #hasCrashed(): boolean {
    const { place } = this.#buffer
    return this.#options.crashed === true || (place.kind === 'database' && !isAlive(place.pid))
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
