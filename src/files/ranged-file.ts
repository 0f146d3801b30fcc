import { endsBefore } from './local-file.ts'
import type { LogFile } from './log-file.ts'
import { FileError, replaced } from './file-error.ts'
import { patience, retrying, type Patience } from './retrying.ts'

/** One version of a file in a store from which ranges of bytes can be had. */
export interface RangeSource {
  readonly path: string
  readonly size: number
  /** The bytes from `start` to before `end`, as they come in. Throws a `FileError`, in the middle as well. */
  stream(start: number, end: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** The end of a log tells what is in it, so it is asked for at once. */
const tailSize = 256 * 1024
/** What is read at least; it doubles for as long as one read follows another. */
const leastWindow = 64 * 1024
const largestWindow = 4 * 2 ** 20
/** Windows that are kept: bounds the memory. */
const mostWindows = 3

/** What was there a moment ago. */
const gone: ReadonlySet<number> = new Set([404, 410, 412, 416])

interface Range {
  readonly start: number
  readonly end: number
}

/** Bytes that are there or under way. */
interface Window extends Range {
  readonly bytes: Promise<Buffer>
}

/** A file in a store. Each request has its price there, so small reads near each other become one. */
export class RangedFile implements LogFile {
  readonly path: string
  readonly size: number
  readonly #source: RangeSource
  readonly #patience: Patience
  readonly #closed = new AbortController()
  /** The one that was used last comes last. */
  #windows: Window[] = []
  #windowSize = leastWindow
  #last: Range = { start: 0, end: 0 }

  constructor(source: RangeSource, { head, ...rest }: { readonly head?: Buffer } & Partial<Patience> = {}) {
    this.path = source.path
    this.size = source.size
    this.#source = source
    this.#patience = { ...patience, ...rest }
    if (head !== undefined) this.#windows.push({ start: 0, end: head.length, bytes: Promise.resolve(head) })
  }

  async read(position: number, length: number): Promise<Buffer> {
    const end = position + length
    if (end > this.size) throw endsBefore(this.size)
    if (length === 0) return Buffer.alloc(0)
    const window = this.#find(position, end) ?? this.#load(position, end)
    if (window === undefined) return this.#fetch(position, end)
    const bytes = await window.bytes
    return bytes.subarray(position - window.start, end - window.start)
  }

  async close(): Promise<void> {
    this.#windows = []
    this.#closed.abort()
  }

  #find(start: number, end: number): Window | undefined {
    const found = this.#windows.find((window) => window.start <= start && end <= window.end)
    if (found) this.#keep(found)
    return found
  }

  /** Undefined for what is so large that it is not worth keeping. */
  #load(start: number, end: number): Window | undefined {
    const follows = start > this.#last.start && start <= this.#last.end + leastWindow
    this.#windowSize = follows ? Math.min(this.#windowSize * 2, largestWindow) : leastWindow
    this.#last = { start, end }
    if (end - start > largestWindow) return undefined
    const range = this.#widen(start, end)
    const window = { ...range, bytes: this.#complete(range) }
    // Whoever waits for it hears of the failure; the next one tries again.
    window.bytes.catch(() => (this.#windows = this.#windows.filter((other) => other !== window)))
    this.#keep(window)
    this.#last = range
    return window
  }

  /** What is there already is not asked for again. */
  async #complete({ start, end }: Range): Promise<Buffer> {
    const known = this.#windows.findLast((window) => window.start <= start && start < window.end)
    if (known === undefined) return this.#fetch(start, end)
    const [first, rest] = await Promise.all([known.bytes, this.#fetch(known.end, end)])
    return Buffer.concat([first.subarray(start - known.start), rest])
  }

  #widen(start: number, end: number): Range {
    const tail = Math.max(0, this.size - tailSize)
    const known = this.#windows.filter((window) => window.start >= end).map((window) => window.start)
    const widened = Math.max(end, Math.min(start + this.#windowSize, this.size, ...known))
    // Somebody looks for the end of the log.
    return end > tail && start >= tail ? { start: tail, end: this.size } : { start, end: widened }
  }

  #keep(window: Window): void {
    this.#windows = [...this.#windows.filter((other) => other !== window), window].slice(-mostWindows)
  }

  /** Goes on where a connection broke off. */
  async #fetch(start: number, end: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(end - start)
    const { signal } = this.#closed
    let filled = 0
    let before = -1
    while (filled < buffer.length) {
      // Each piece that comes in is worth as many tries as the first one.
      if (filled === before) throw new FileError('the server stopped before the end of what it was asked for')
      before = filled
      await retrying(this.#patience, signal, async () => {
        try {
          for await (const chunk of this.#source.stream(start + filled, end, signal)) {
            if (filled + chunk.length > buffer.length) throw new FileError(replaced)
            buffer.set(chunk, filled)
            filled += chunk.length
          }
        } catch (error) {
          if (error instanceof FileError && gone.has(error.status ?? 0)) throw new FileError(replaced, { cause: error })
          if (filled === before || !(error instanceof FileError && error.mayPass)) throw error
        }
      })
    }
    return buffer
  }
}
