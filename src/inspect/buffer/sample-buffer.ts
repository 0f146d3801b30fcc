import { messageOf, type EvalspanError } from '../../errors.ts'
import { badLog } from '../bad-log.ts'
import type { EvalSample, EvalSampleSummary, Event } from '../records.ts'
import type { BufferPlace } from './find-buffers.ts'
import { eventsOf, metadataOf, summaryOf } from './resolve-rows.ts'
import type { BufferRows, EventRow } from './rows.ts'

/** A sample that is not in its log yet. */
export interface BufferedSample {
  /** What was known when its attempt started, and all that a summary says once it is `completed`. */
  readonly summary: EvalSampleSummary
  /** All of it, which a summary shortens; undefined before the sample is over, and in older buffers. */
  readonly metadata?: EvalSample['metadata']
  /** Which attempt this is: the number of its first event, another one when the attempt was retried. */
  readonly first: number
}

/** A version of an event: it comes again whenever Inspect changes it, `pending` until it is complete. */
export interface BufferedEvent {
  /** Grows within a database, attempts of a sample included. */
  readonly cursor: number
  readonly event: Event
}

/** What gives the rows, a database or what was made of a folder. */
export interface BufferSource {
  /** Undefined: what it is made of is gone. Without rows: it is only just being made. */
  refresh(): Promise<{ readonly rows: BufferRows | undefined; readonly changed: boolean } | undefined>
  close(): void
}

/**
 * The buffer of a log that is being written or whose run was cut off. What is read was written by then; `refresh` looks
 * for more. What cannot be read is a problem of its own, and all else is read.
 */
export class SampleBuffer {
  readonly place: BufferPlace
  readonly #source: BufferSource
  readonly #onProblem: (error: EvalspanError) => void
  readonly #told = new Set<string>()
  #rows: BufferRows | undefined

  constructor(place: BufferPlace, source: BufferSource, onProblem: (error: EvalspanError) => void) {
    this.place = place
    this.#source = source
    this.#onProblem = onProblem
  }

  /** `gone` when Inspect removed it, as it does when the run ends. Throws a `BAD_LOG` error. */
  async refresh(): Promise<'changed' | 'same' | 'gone'> {
    try {
      const state = await this.#source.refresh()
      this.#rows = state?.rows
      if (!state) return 'gone'
      return state.changed ? 'changed' : 'same'
    } catch (error) {
      throw badLog(this.place.path, undefined, error)
    }
  }

  /** In the order in which they started. */
  samples(): BufferedSample[] {
    const rows = this.#rows
    if (!rows) return []
    return this.#guarded(() =>
      rows.snapshot(() =>
        rows.samples().flatMap((row) => {
          try {
            return [{ summary: summaryOf(row, rows), first: row.first, ...metadataOf(row) }]
          } catch (error) {
            this.#problem(`sample ${row.id}, epoch ${row.epoch}`, error)
            return []
          }
        }),
      ),
    )
  }

  /**
   * The versions of events behind a cursor, in the order in which they were written, with pools and attachments resolved
   * as the live events have them. Ends early when the sample is removed meanwhile, or begins anew.
   */
  *changes({ summary, first }: BufferedSample, after = 0): Generator<BufferedEvent> {
    const [id, epoch] = [String(summary.id), summary.epoch]
    for (let cursor = after; ;) {
      const page = this.#page(id, epoch, first, cursor)
      for (const { cursor: at, event, error } of page) {
        cursor = at
        if (event) yield { cursor: at, event }
        else this.#problem(`sample ${id}, epoch ${epoch}, event ${at}`, error)
      }
      if (page.length === 0) return
    }
  }

  close(): void {
    this.#rows = undefined
    this.#source.close()
  }

  #page(id: string, epoch: number, first: number, after: number): ReturnType<typeof eventsOf> {
    const rows = this.#rows
    if (!rows) return []
    return this.#guarded(() =>
      rows.snapshot(() => {
        if (rows.firstEvent(id, epoch) !== first) return []
        const taken: EventRow[] = []
        let size = 0
        for (const row of rows.events(id, epoch, after)) {
          taken.push(row)
          size += row.data?.length ?? 0
          if (taken.length === mostRows || size > mostCharacters) break
        }
        return eventsOf(taken, id, epoch, rows)
      }),
    )
  }

  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      throw badLog(this.place.path, undefined, error)
    }
  }

  /** Told once, however often it is read. */
  #problem(where: string, cause: unknown): void {
    const key = `${where}: ${messageOf(cause)}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.#onProblem(badLog(this.place.path, where, cause))
  }
}

/** Held at a time: the events, and the conversation that they are part of. */
const mostRows = 100
const mostCharacters = 4_000_000
