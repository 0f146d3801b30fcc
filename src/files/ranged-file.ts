import { FileError, replaced } from './file-error.ts'
import { endsBefore } from './local-file.ts'
import type { LogFile } from './log-file.ts'
import { patience, retrying, type Patience } from './retrying.ts'
import { WindowCache, type Range } from './window-cache.ts'

/** One version of a file in a store from which ranges of bytes can be had. */
export interface RangeSource {
  readonly path: string
  readonly size: number
  /** The bytes from `start` to before `end`, as they come in. Throws a `FileError`, in the middle as well. */
  stream(start: number, end: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

export interface RangedFileOptions extends Partial<Patience> {
  /** Its first bytes, where they are known. */
  readonly head?: Buffer
}

/** What was there a moment ago. */
const gone: ReadonlySet<number> = new Set([404, 410, 412, 416])

/** A file in a store. Each request has its price there, so small reads near each other become one. */
export class RangedFile implements LogFile {
  readonly path: string
  readonly size: number
  readonly #source: RangeSource
  readonly #patience: Patience
  readonly #cache: WindowCache
  readonly #closed = new AbortController()

  constructor(source: RangeSource, { head, ...rest }: RangedFileOptions = {}) {
    this.path = source.path
    this.size = source.size
    this.#source = source
    this.#patience = { ...patience, ...rest }
    this.#cache = new WindowCache(source.size, (range) => this.#fetch(range))
    if (head !== undefined) this.#cache.put({ start: 0, end: head.length }, Promise.resolve(head))
  }

  async read(position: number, length: number): Promise<Buffer> {
    const end = position + length
    if (end > this.size) throw endsBefore(this.size)
    return length === 0 ? Buffer.alloc(0) : this.#cache.read({ start: position, end })
  }

  async close(): Promise<void> {
    this.#cache.clear()
    this.#closed.abort()
  }

  /** Goes on where a connection broke off; each piece that comes in is worth as many tries as the first one. */
  async #fetch({ start, end }: Range): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(end - start)
    const { signal } = this.#closed
    let filled = 0
    while (filled < buffer.length) {
      const before = filled
      await retrying(this.#patience, signal, async () => {
        try {
          for await (const chunk of this.#source.stream(start + filled, end, signal)) {
            if (filled + chunk.length > buffer.length) throw new FileError(replaced)
            buffer.set(chunk, filled)
            filled += chunk.length
          }
        } catch (error) {
          if (!(error instanceof FileError)) throw error
          if (gone.has(error.status ?? 0)) throw new FileError(replaced, { cause: error })
          if (filled === before || !error.mayPass) throw error
        }
        if (filled === before) throw new FileError('the server sends nothing', { mayPass: true })
      })
    }
    return buffer
  }
}
