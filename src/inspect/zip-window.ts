import type { LogFile } from '../files/log-file.ts'

/** Of a member, before its name (APPNOTE 6.3.10, 4.3.7). */
export const localHeaderSize = 30
/** With which it begins. */
export const localHeaderSignature = 0x04034b50

const windowSize = 256 * 1024

/** A piece of the file at a time, since headers and entries are small and lie close to each other. */
export class ZipWindow {
  readonly #file: LogFile
  #start = 0
  #bytes: Buffer = Buffer.alloc(0)

  constructor(file: LogFile) {
    this.#file = file
  }

  get size(): number {
    return this.#file.size
  }

  /** Fewer bytes where the file ends before. */
  async read(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.#file.size - position))
    if (wanted === 0) return Buffer.alloc(0)
    return (await this.#from(position, wanted)).subarray(0, wanted)
  }

  /** Where the bytes come next. */
  async find(bytes: Buffer, from: number): Promise<number | undefined> {
    for (let position = from; position + bytes.length <= this.#file.size;) {
      const piece = await this.#from(position, bytes.length)
      const found = piece.indexOf(bytes)
      if (found !== -1) return position + found
      position += piece.length - bytes.length + 1
    }
    return undefined
  }

  /** What is in memory from there on; so many bytes at least, which the file must have. */
  async #from(position: number, least: number): Promise<Buffer> {
    const from = position - this.#start
    if (from < 0 || from + least > this.#bytes.length) {
      const bytes = await this.#file.read(position, Math.min(Math.max(least, windowSize), this.#file.size - position))
      this.#start = position
      this.#bytes = bytes
    }
    return this.#bytes.subarray(position - this.#start)
  }
}
