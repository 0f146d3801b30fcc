import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32, zstdCompressSync } from 'node:zlib'

/** Inspect starts a new zstd frame after so many bytes of a member. */
const frameBytes = 200 * 1024 * 1024
const largest = 0xffffffff

/** A ZIP written member by member (zstd, as Inspect's), so that a log of any size takes the memory of one sample. */
export class ZipFile {
  readonly #file: number
  readonly #directory: Buffer[] = []
  #offset = 0
  /** Of all members, before compression. */
  size = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  add(name: string, text: string): void {
    const data = Buffer.from(text)
    const content = compress(data)
    const nameBytes = Buffer.from(name)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(45, 0)
    header.writeUInt16LE(93, 4)
    header.writeUInt32LE(crc32(data), 10)
    header.writeUInt32LE(content.length, 14)
    header.writeUInt32LE(data.length, 18)
    header.writeUInt16LE(nameBytes.length, 22)

    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(45, 4)
    header.copy(entry, 6)
    entry.writeUInt32LE(this.#offset, 42)
    this.#directory.push(entry, nameBytes)
    this.#write(Buffer.from('PK\x03\x04', 'latin1'), header, nameBytes, content)
    this.size += data.length
  }

  /** Returns the bytes of the file. */
  close(): number {
    const members = this.#directory.length / 2
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(members, 8)
    end.writeUInt16LE(members, 10)
    end.writeUInt32LE(
      this.#directory.reduce((sum, part) => sum + part.length, 0),
      12,
    )
    end.writeUInt32LE(this.#offset, 16)
    this.#write(...this.#directory, end)
    closeSync(this.#file)
    return this.#offset
  }

  #write(...parts: readonly Buffer[]): void {
    for (const part of parts) {
      for (let written = 0; written < part.length;) {
        written += writeSync(this.#file, part, written)
      }
      this.#offset += part.length
    }
    if (this.#offset > largest) {
      throw new Error('This writer knows no ZIP64: make a log of less than 4 GB compressed.')
    }
  }
}

function compress(data: Buffer): Buffer {
  const frames = Array.from({ length: Math.max(1, Math.ceil(data.length / frameBytes)) }, (_, index) =>
    zstdCompressSync(data.subarray(index * frameBytes, (index + 1) * frameBytes)),
  )
  return Buffer.concat(frames)
}
