import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EvalspanError, messageOf } from '../../errors.ts'
import type {
  EvalLog,
  EvalPlan,
  EvalSample,
  EvalSampleReductions,
  EvalSampleSummary,
  EvalSpec,
} from '../../inspect/records.ts'
import { summaryOf } from '../../inspect/sample-summary.ts'
import { condenseSample } from './condense.ts'
import { GrowingZip } from './growing-zip.ts'
import { logName } from './log-name.ts'
import { logString, logText } from './log-text.ts'
import { isNestedBeyond } from './nesting.ts'
import { RealtimeBuffer, type RealtimeOptions } from './realtime-buffer.ts'
import { unwritableField } from './unwritable-field.ts'
import { writeError } from './write-error.ts'
import { zipMember, type NewMember } from './zip-member.ts'

export interface EvalLogOptions {
  /** On the disk; made when it is not there. */
  readonly folder: string
  readonly spec: EvalSpec
  readonly plan: EvalPlan
  /** So many finished samples are written together: `spec.config.log_buffer`, or what Inspect takes for its number of samples. */
  readonly flushEvery?: number | undefined
  /** Milliseconds after which a sample is written though there are no more: a minute, as with Inspect. */
  readonly flushAfter?: number | undefined
  /** Undefined: what is not in the file is nowhere else. */
  readonly realtime?: Pick<RealtimeOptions, 'intervalMs' | 'onError'> | undefined
}

/** Inspect cannot write again what is nested more deeply, and much deeper it cannot read the log at all. */
const deepestSample = 252

/** Of the format. */
const version = 2

/**
 * Writes the log of a task while it runs, as an `.eval` of Inspect: readable at all times, by Inspect and by evalspan,
 * with all samples that were flushed. Until `finish` it is that of a run which is going on or has crashed.
 *
 * What cannot be written rejects with an `UNWRITABLE_LOG` error; the file then is as it was before, and samples that
 * were not written are tried again with those that follow.
 */
export class EvalLogWriter {
  readonly path: string
  /** What runs, and what waits to be written to the file. */
  readonly realtime: RealtimeBuffer | undefined
  readonly #zip: GrowingZip
  readonly #logImages: boolean
  readonly #flushEvery: number
  readonly #flushAfter: number
  /** Finished samples that are not in the file, by the names of their members. */
  readonly #waiting = new Map<string, WaitingSample>()
  #waitingSince = 0
  /** So many of them are on their way into it just now. */
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  /** Of the samples in the file. */
  #summaries = new Map<string, EvalSampleSummary>()
  #journals = 0
  #writing: Promise<unknown> = Promise.resolve()
  /** No more samples are taken. */
  #finishing = false
  #closed = false

  private constructor(path: string, { spec, flushEvery, flushAfter = 60_000, realtime }: EvalLogOptions) {
    this.path = path
    this.#zip = new GrowingZip(path)
    this.#logImages = spec.config['log_images'] !== false
    this.realtime = realtime && new RealtimeBuffer({ ...realtime, logPath: path, logImages: this.#logImages })
    this.#flushEvery = flushEvery ?? flushEveryOf(spec)
    this.#flushAfter = flushAfter
  }

  /** Begins the log of a task: a file named by its time, task and id. */
  static async create(options: EvalLogOptions): Promise<EvalLogWriter> {
    const { folder, spec, plan } = options
    if (/^[a-z][a-z\d+.-]+:\/\//i.test(folder)) {
      throw new EvalspanError('BAD_OPTION', `${folder}: logs are written to folders on the disk; copy them from there`)
    }
    const writer = new EvalLogWriter(join(folder, logName(spec)), options)
    await writer.#exclusively(async () => {
      await mkdir(dirname(writer.path), { recursive: true })
      await writer.#zip.append([await jsonMember('_journal/start.json', { version, eval: spec, plan })])
    })
    return writer
  }

  /**
   * Takes a finished sample, whole, and writes it when enough of them wait. A later one with the same id and epoch
   * replaces it. Rejects with a `BAD_SAMPLE` error, and goes on without it, when it holds what JSON or Inspect cannot.
   */
  async sample(sample: EvalSample): Promise<void> {
    this.#expectOpen()
    const name = `samples/${logString(String(sample.id))}_epoch_${sample.epoch}.json`
    const waiting = this.#prepare(sample, name)
    if (this.#waiting.size === 0) this.#waitingSince = performance.now()
    this.#waiting.delete(name)
    this.#waiting.set(name, waiting)
    await waiting.member.catch((error: unknown) => {
      this.#drop(name, waiting)
      throw writeError(this.path, error)
    })
    if (this.#closed && this.#waiting.has(name)) this.#expectOpen()
    this.realtime?.complete(sample.id, sample.epoch, waiting.summary, sample.metadata)
    this.#setTimer()
    // Whoever had its turn before may have written all.
    if (this.#isDue()) await this.#exclusively(() => (this.#isDue() ? this.#flush() : undefined))
  }

  /** Writes all that waits. */
  async flush(): Promise<void> {
    this.#expectOpen()
    await this.#flushWaiting()
  }

  /** Writes all that waits and then the last words of the log, its header: `log` says how the run ended. */
  async finish(log: EvalLog, reductions?: readonly EvalSampleReductions[]): Promise<void> {
    this.#expectOpen()
    this.#finishing = true
    try {
      await this.#exclusively(async () => {
        await this.#flush(async (summaries) => [
          await jsonMember('summaries.json', summaries),
          ...(reductions ? [await jsonMember('reductions.json', reductions)] : []),
          await jsonMember('header.json', log),
        ])
        this.#end()
      })
    } finally {
      // When it failed it may be tried again.
      this.#finishing = false
    }
    await this.realtime?.remove()
  }

  /** Writes what waits. A log that was not finished stays as that of a run without an end. */
  async close(): Promise<void> {
    try {
      await this.#exclusively(async () => {
        if (this.#closed) return
        this.#end()
        if (this.#waiting.size > 0) await this.#flush()
      })
    } finally {
      await this.realtime?.close()
    }
  }

  #prepare(sample: EvalSample, name: string): WaitingSample {
    try {
      const record = condenseSample(sample, this.#logImages)
      if (isNestedBeyond(deepestSample, record)) throw new Error('something in it is nested too deeply')
      return { summary: summaryOf(sample), member: zipMember(name, logText(record)) }
    } catch (error) {
      const field = unwritableField(sample, deepestSample)
      const what = `${field === undefined ? 'it' : `its ${field}`} cannot be written as JSON (${messageOf(error)})`
      const message = `${this.path}: sample ${sample.id}, epoch ${sample.epoch}: ${what}; keep such data out of it`
      throw new EvalspanError('BAD_SAMPLE', message, { cause: error })
    }
  }

  #isDue(): boolean {
    // The eval goes on while a batch is written, as long as there is not another one.
    const count = this.#waiting.size - this.#underWay
    if (count === 0) return false
    return count >= this.#flushEvery || performance.now() - this.#waitingSince >= this.#flushAfter
  }

  /** A process that has nothing else to do ends without it. */
  #setTimer(): void {
    if (this.#closed || this.#timer !== undefined || this.#waiting.size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      // It is still due when the next sample comes, which then hears of it.
      this.#flushWaiting().catch(() => this.#setTimer())
    }, this.#flushAfter).unref()
  }

  #flushWaiting(): Promise<void> {
    return this.#exclusively(() => (this.#waiting.size > 0 ? this.#flush() : undefined))
  }

  async #flush(rest?: Rest): Promise<void> {
    const batch = [...this.#waiting]
    this.#underWay = batch.length
    try {
      await this.#write(batch, rest)
    } finally {
      this.#underWay = 0
    }
    this.#waitingSince = performance.now()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#setTimer()
  }

  async #write(batch: readonly [string, WaitingSample][], rest: Rest | undefined): Promise<void> {
    const members = await Promise.all(batch.map(([, { member }]) => member))
    const summaries = new Map(this.#summaries)
    for (const [name, { summary }] of batch) {
      summaries.delete(name)
      summaries.set(name, summary)
    }
    const journals = this.#journals + (batch.length > 0 ? 1 : 0)
    if (batch.length > 0) {
      const journal = batch.map(([, { summary }]) => summary)
      members.push(await jsonMember(`_journal/summaries/${journals}.json`, journal))
    }
    if (rest) members.push(...(await rest([...summaries.values()])))
    await this.#zip.append(members, rest !== undefined)
    this.#journals = journals
    this.#summaries = summaries
    for (const [name, waiting] of batch) {
      this.#drop(name, waiting)
      this.realtime?.drop(waiting.summary.id, waiting.summary.epoch)
    }
  }

  /** Unless another one came in its place. */
  #drop(name: string, waiting: WaitingSample): void {
    if (this.#waiting.get(name) === waiting) this.#waiting.delete(name)
  }

  /** One after the other. */
  #exclusively(write: () => Promise<void> | undefined): Promise<void> {
    const written = this.#writing.then(write).catch((error: unknown) => {
      throw error instanceof EvalspanError ? error : writeError(this.path, error)
    })
    this.#writing = written.catch(() => {})
    return written
  }

  #end(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #expectOpen(): void {
    if (this.#closed || this.#finishing)
      throw new Error(`${this.path} is closed; nothing can be written to it any more`)
  }
}

/** What comes after the samples. */
type Rest = (summaries: readonly EvalSampleSummary[]) => Promise<NewMember[]>

interface WaitingSample {
  readonly summary: EvalSampleSummary
  readonly member: Promise<NewMember>
}

async function jsonMember(name: string, record: unknown): Promise<NewMember> {
  let text: string
  try {
    text = logText(record)
  } catch (error) {
    const field = unwritableField(record, deepestSample) ?? 'it'
    throw new Error(`${field} cannot be written as JSON (${messageOf(error)})`, { cause: error })
  }
  return await zipMember(name, text)
}

/** Of small runs each sample is soon there, and large ones are not written over and over. */
function flushEveryOf({ config, dataset }: EvalSpec): number {
  const { log_buffer: wanted, epochs } = config
  if (typeof wanted === 'number' && wanted > 0) return wanted
  const samples = (dataset.sample_ids?.length ?? dataset.samples ?? 0) * (typeof epochs === 'number' ? epochs : 1)
  if (samples >= 1000) return Math.max(10, Math.floor(samples / 20))
  return Math.max(1, Math.min(Math.floor(samples / 3), 10))
}
