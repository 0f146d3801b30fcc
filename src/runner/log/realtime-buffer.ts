import { AsyncLocalStorage } from 'node:async_hooks'
import { EvalspanError } from '../../errors.ts'
import { inSummary } from '../../inspect/buffer/metadata-name.ts'
import type { EvalSample, EvalSampleSummary } from '../../inspect/records.ts'
import { nameOfSample } from '../sample/name-of-sample.ts'
import { BufferFolder } from './buffer-folder.ts'
import { bufferManifest } from './buffer-manifest.ts'
import { logString, logText } from './log-text.ts'
import { SampleRows, type NewRows, type RowNumbers } from './sample-rows.ts'
import { writeError } from './write-error.ts'
import { zipMember, type NewMember } from './zip-member.ts'

export interface RealtimeOptions {
  readonly logPath: string
  readonly logImages: boolean
  /** Between what is new and the disk, in milliseconds. */
  readonly intervalMs: number
  /** Is told once why nothing is written any more. */
  readonly onError: (error: EvalspanError) => void
}

/**
 * What a log does not have yet, beside it while the run goes on: samples that run, and those that wait to be written to it.
 * `inspect view`, `inspect log recover` and our own readers find it there, and what a run that is killed leaves. Never keeps
 * the run from going on: what cannot be written ends the buffer alone.
 */
export class RealtimeBuffer {
  readonly #options: RealtimeOptions
  readonly #folder: BufferFolder
  /** By epoch and id, in the order in which they began. */
  readonly #samples = new Map<string, SampleRows>()
  readonly #numbers: RowNumbers = { events: 0, attachments: 0, message_pool: 0, call_pool: 0 }
  #segments = 0
  /** By name, those on the disk: whether the last manifest needs them. */
  readonly #files = new Map<string, boolean>()
  #isBehind = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  /** Runs what belongs to no sample, whoever brings it about. */
  readonly #apart = AsyncLocalStorage.snapshot()
  #isOver = false
  #isTold = false

  /** Nothing is written before something has happened. */
  constructor(options: RealtimeOptions) {
    this.#options = options
    this.#folder = new BufferFolder(options.logPath)
  }

  /** Begins an attempt at a sample; it takes the place of the one before. */
  begin(id: string | number, epoch: number): SampleRows {
    this.drop(id, epoch)
    const rows = new SampleRows(id, epoch, this.#options.logImages, () => this.#changed())
    if (this.#isOver) rows.close()
    else this.#samples.set(nameOfSample(id, epoch), rows)
    return rows
  }

  /** The sample is over, and not in the log yet. One that was never begun here is not told of. */
  complete(
    id: string | number,
    epoch: number,
    summary: EvalSampleSummary,
    metadata: EvalSample['metadata'] = {},
  ): void {
    this.#samples.get(nameOfSample(id, epoch))?.complete(summary, metadata)
  }

  /** It is in the log, or is tried again. */
  drop(id: string | number, epoch: number): void {
    const rows = this.#samples.get(nameOfSample(id, epoch))
    if (!rows) return
    rows.close()
    this.#samples.delete(nameOfSample(id, epoch))
    if (rows.listed) this.#changed()
  }

  /** All is in the log: nothing is left of it. */
  async remove(): Promise<void> {
    this.#end()
    await this.#writing
    await this.#folder.remove().catch((error: unknown) => this.#fail(error))
  }

  /** Writes what is new, for the last time. */
  async close(): Promise<void> {
    if (this.#isOver) return
    await this.#writing
    if (this.#isBehind) await this.#start()
    this.#end()
  }

  #changed(): void {
    this.#isBehind = true
    this.#setTimer(this.#options.intervalMs)
  }

  /** A process that has nothing else to do ends without it. */
  #setTimer(ms: number): void {
    if (this.#isOver || this.#timer || this.#writing) return
    this.#timer = this.#apart(() => setTimeout(() => void this.#start(), ms).unref())
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const began = performance.now()
    this.#writing = this.#write().then(() => {
      this.#writing = undefined
      // A slow disk, or a long manifest, gets a fifth of the time at most.
      if (this.#isBehind) this.#setTimer(Math.max(this.#options.intervalMs, 4 * (performance.now() - began)))
    })
    return this.#writing
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    this.#isBehind = false
    try {
      const taken: [SampleRows, NewRows][] = []
      for (const rows of this.#samples.values()) {
        const news = await rows.take(this.#numbers)
        if (news) taken.push([rows, news])
      }
      await this.#writeSegment(taken)
      for (const [rows, { summary, metadata }] of taken) {
        rows.listed = { summary, metadataHash: metadata && (await this.#writeMetadata(rows, summary, metadata)) }
      }
      if (this.#isOver) return
      const listed = [...this.#samples.values()].filter((rows) => rows.listed)
      // What was over before anything was written leaves nothing.
      if (listed.length === 0 && this.#files.size === 0) return
      await this.#folder.writeManifest(bufferManifest(listed))
      await this.#sweep(new Set(listed.flatMap(({ files }) => files)))
    } catch (error) {
      this.#fail(error)
    }
  }

  async #writeSegment(taken: readonly [SampleRows, NewRows][]): Promise<void> {
    const members: NewMember[] = []
    const id = this.#segments + 1
    for (const [, { text, summary }] of taken) {
      const name = `${logString(String(summary.id))}_${summary.epoch}.json`
      if (text !== undefined) members.push(await zipMember(name, text))
    }
    if (members.length === 0 || this.#isOver) return
    const file = await this.#folder.writeSegment(id, members)
    this.#segments = id
    this.#files.set(file, true)
    for (const [rows, { text, last }] of taken) {
      if (text === undefined) continue
      rows.segments.push({ id, ...last })
      rows.files.push(file)
    }
  }

  /** What a summary leaves out of it is in a file of its own, as with Inspect. */
  async #writeMetadata(
    { files }: SampleRows,
    summary: EvalSampleSummary,
    metadata: NonNullable<NewRows['metadata']>,
  ): Promise<string> {
    const text = logText(metadata)
    if (text === logText(summary.metadata ?? {})) return inSummary
    const { name, hash } = await this.#folder.writeMetadata(summary.id, summary.epoch, text)
    this.#files.set(name, true)
    files.push(name)
    return hash
  }

  /** Removes files that neither this manifest needs nor the one before, which somebody may have read just now. */
  async #sweep(used: ReadonlySet<string>): Promise<void> {
    for (const [name, wasUsed] of this.#files) {
      this.#files.set(name, used.has(name))
      if (wasUsed || used.has(name)) continue
      await this.#folder.removeFile(name)
      this.#files.delete(name)
    }
  }

  #end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    for (const rows of this.#samples.values()) rows.close()
    this.#samples.clear()
  }

  #fail(cause: unknown): void {
    this.#end()
    if (this.#isTold) return
    this.#isTold = true
    const { message } = writeError(this.#folder.path, cause)
    const what = `${message}; the log itself goes on, but what is not in it is lost if the run is killed`
    this.#options.onError(new EvalspanError('UNWRITABLE_LOG', what, { cause }))
  }
}
