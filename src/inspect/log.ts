import { availableParallelism } from 'node:os'
import type { EvalspanError } from '../errors.ts'
import { FileError } from '../files/file-error.ts'
import { openFile } from '../files/files.ts'
import type { LogFile } from '../files/log-file.ts'
import { shownPath } from '../files/shown-path.ts'
import { badLog } from './bad-log.ts'
import { openEvalLayout } from './eval-layout.ts'
import { openJsonLayout } from './json-layout.ts'
import type { LogLayout, SampleKey, SampleSlot } from './layout.ts'
import { migrateSample } from './migrate.ts'
import { rebuildEvents } from './old-events/rebuild-events.ts'
import type { EvalLog, EvalSample } from './records.ts'
import { resolveSample } from './resolve.ts'
import { restoreOrder } from './tree-order.ts'
import { compareTimes, parseTime, type HrTime } from '../time.ts'

/** A sample, or why it cannot be read, and where it lies. */
export type LogEntry = SamplePlace & ({ readonly sample: EvalSample } | { readonly error: EvalspanError })

export type SamplePlace = Pick<SampleSlot, 'where' | 'version'>

export interface SampleFilter {
  /** No more entries than this, errors included. */
  readonly limit?: number | undefined
  readonly match?: ((key: SampleKey) => boolean) | undefined
  /** What was read before from this log, as long as it has not changed. */
  readonly isRead?: ((place: SamplePlace) => boolean) | undefined
}

/** A log that is open. */
export interface LogReader {
  readonly path: string
  readonly format: LogLayout['format']
  /** Without samples and reductions, in the form that Inspect writes today. */
  readonly header: EvalLog
  /** The run was over when the log was written. If not, samples and the header's last words may still come. */
  readonly finished: boolean
  /** What is wrong with the file itself, though it can be read. */
  readonly problems: readonly EvalspanError[]
  /**
   * One at a time, in the order of `completed_at` (where it is the same or missing: in the order of the file), with
   * pools and attachments resolved, as the live event of the sample's end has it. What cannot be read is an entry of
   * its own, and the others still come, unless another log was put in the place of this one.
   */
  samples(filter?: SampleFilter): AsyncGenerator<LogEntry>
  close(): Promise<void>
}

/** Opens an Inspect log, `.eval` or `.json`; its first bytes tell which. Throws a `BAD_LOG` error. */
export async function openLog(path: string): Promise<LogReader> {
  let file: LogFile | undefined
  try {
    file = await openFile(path)
    const layout = await openLayout(file)
    return new Reader(file, layout)
  } catch (error) {
    await file?.close()
    throw badLog(path, undefined, error)
  }
}

async function openLayout(file: LogFile): Promise<LogLayout> {
  const start = await file.read(0, Math.min(file.size, 4096))
  const signature = start.toString('latin1', 0, 4)
  if (signature === 'PK\x03\x04' || signature === 'PK\x05\x06') return openEvalLayout(file)
  const text = start.toString('utf8').replace('\uFEFF', '').trimStart()
  if (text.startsWith('{')) return openJsonLayout(file)
  throw new Error('is neither a ZIP nor a JSON object; give an .eval or .json log that Inspect wrote')
}

class Reader implements LogReader {
  readonly path: string
  readonly format: LogLayout['format']
  readonly header: EvalLog
  readonly finished: boolean
  readonly problems: readonly EvalspanError[]
  readonly #file: LogFile
  readonly #slots: readonly SampleSlot[]
  #closed = false

  constructor(file: LogFile, layout: LogLayout) {
    this.path = file.path
    this.format = layout.format
    this.header = layout.header
    this.finished = layout.finished
    this.problems = layout.problems
    this.#file = file
    this.#slots = byCompletion(layout.slots)
  }

  async *samples({ limit = Infinity, match, isRead }: SampleFilter = {}): AsyncGenerator<LogEntry> {
    const isWanted = (slot: SampleSlot): boolean => !match || !slot.key || match(slot.key)
    const slots = this.#slots.filter((slot) => isWanted(slot) && !isRead?.(slot)).slice(0, limit)
    const mayPay = availableParallelism() >= leastProcessors && sizeOf(slots) >= leastAside
    const ahead: Promise<unknown>[] = []
    for (const [index, slot] of slots.entries()) {
      if (this.#closed) throw new Error(`${shownPath(this.path)} was closed while its samples were read`)
      const entry = await this.#read(slot, ahead.shift() ?? slot.load())
      loadAhead(slots.slice(index + 1, index + 1 + mostAhead), ahead, mayPay && hasLongTexts(entry, slot))
      yield entry
      // The others would say the same of themselves.
      if ('error' in entry && FileError.isReplaced(entry.error)) return
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#file.close()
  }

  async #read(slot: SampleSlot, raw: Promise<unknown>): Promise<LogEntry> {
    const { where, version } = slot
    try {
      return { where, version, sample: presentSample(await raw, this.header) }
    } catch (error) {
      return { where, version, error: badLog(this.path, where, error) }
    }
  }
}

/** A sample as this version of Inspect has it, whatever wrote it; in place. An error names the field that is unusable. */
export function presentSample(raw: unknown, header: EvalLog): EvalSample {
  const sample = migrateSample(raw, header.results?.scores[0]?.name)
  resolveSample(sample)
  restoreOrder(sample)
  rebuildEvents(sample, header)
  return sample as unknown as EvalSample
}

/** Reading, expanding and parsing one take turns, and between two of them the sample before it is at work. */
const mostAhead = 3
/** So that some samples more in memory are no more than a little. */
const largestAhead = 8 * 2 ** 20

/** Two are busy with this thread and with the outbox's, and parsing aside costs more in all. */
const leastProcessors = 3
/** For less it does not pay to begin a thread. */
const leastAside = 16 * 2 ** 20

/** Texts are handed over from thread to thread in no time, objects are not: bytes of an event's JSON from which on it pays. */
const longEvent = 4096

function sizeOf(slots: readonly SampleSlot[]): number {
  return slots.reduce((sum, { size = 0 }) => sum + size, 0)
}

function hasLongTexts(entry: LogEntry, { size = 0 }: SampleSlot): boolean {
  return 'sample' in entry && size >= longEvent * entry.sample.events.length
}

/** Small samples are read and expanded, in other threads, while those before them are at work. */
function loadAhead(next: readonly SampleSlot[], ahead: Promise<unknown>[], aside: boolean): void {
  let bytes = 0
  for (const [index, slot] of next.entries()) {
    bytes += slot.size ?? Infinity
    if (bytes > largestAhead) return
    if (index < ahead.length) continue
    const raw = slot.load(aside)
    // Whoever waits for it hears of its failure; nobody does when the reader stops before.
    raw.catch(() => {})
    ahead.push(raw)
  }
}

/** A slot without a time goes with the one before it. */
function byCompletion(slots: readonly SampleSlot[]): SampleSlot[] {
  let time: HrTime = [Number.NEGATIVE_INFINITY, 0]
  const timed = slots.map((slot) => {
    time = parseTime(slot.completedAt) ?? time
    return { slot, time }
  })
  // Two infinite times give NaN, which counts as the same.
  return timed.toSorted((first, second) => compareTimes(first.time, second.time)).map(({ slot }) => slot)
}
