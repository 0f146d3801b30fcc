import { deflateRawSync, crc32, zstdCompressSync } from 'node:zlib'

export interface NewMember {
  readonly name: string
  readonly data: string | Uint8Array
  /** 0 stored, 8 deflate, 93 zstd (the default, as Inspect has it). */
  readonly method?: 0 | 8 | 93
  /** Cuts the data into so many zstd frames, as Inspect does with large members. */
  readonly frames?: number
  /** What is written in place of what is true, for files that are damaged. */
  readonly lie?: {
    readonly method?: number
    readonly flags?: number
    readonly crc32?: number
    readonly size?: number
    readonly content?: Uint8Array
  }
}

/**
 * Writes a ZIP. Members may have the same name, as in logs of Inspect. `zip64` writes the 64-bit records where they are
 * not needed as well.
 */
export function writeZip(members: readonly NewMember[], options: { readonly zip64?: boolean } = {}): Buffer {
  const { zip64 = false } = options
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const member of members) {
    const entry = toEntry(member)
    const local = [localHeader(entry, zip64), entry.content]
    directory.push(directoryEntry(entry, offset, zip64))
    for (const part of local) offset += part.length
    parts.push(...local)
  }
  const entries = Buffer.concat(directory)
  return Buffer.concat([...parts, entries, end(members.length, entries.length, offset, zip64)])
}

interface Entry {
  readonly name: Buffer
  readonly content: Buffer
  readonly method: number
  readonly flags: number
  readonly crc32: number
  readonly size: number
}

function toEntry({ name, data, method = 93, frames = 1, lie = {} }: NewMember): Entry {
  const bytes = Buffer.from(data)
  const nameBytes = Buffer.from(name, 'utf8')
  const utf8 = nameBytes.length === name.length ? 0 : 1 << 11
  return {
    name: nameBytes,
    content: Buffer.from(lie.content ?? compress(bytes, method, frames)),
    method: lie.method ?? method,
    flags: utf8 | (lie.flags ?? 0),
    crc32: lie.crc32 ?? crc32(bytes),
    size: lie.size ?? bytes.length,
  }
}

function compress(data: Buffer, method: 0 | 8 | 93, frames: number): Buffer {
  if (method === 0) return data
  if (method === 8) return deflateRawSync(data)
  const length = Math.ceil(data.length / frames)
  const pieces = Array.from({ length: frames }, (_, index) => data.subarray(index * length, (index + 1) * length))
  return Buffer.concat(pieces.map((piece) => zstdCompressSync(piece)))
}

const saturated = 0xffffffff

function localHeader({ name, content, method, flags, crc32: checksum, size }: Entry, zip64: boolean): Buffer {
  const extra = zip64 ? zip64Extra(size, content.length) : Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(zip64 ? 45 : 20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt32LE(checksum, 14)
  header.writeUInt32LE(zip64 ? saturated : content.length, 18)
  header.writeUInt32LE(zip64 ? saturated : size, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function directoryEntry(entry: Entry, offset: number, zip64: boolean): Buffer {
  const { name, content, method, flags, crc32: checksum, size } = entry
  const extra = zip64 ? zip64Extra(size, content.length, offset) : Buffer.alloc(0)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(zip64 ? 45 : 20, 4)
  header.writeUInt16LE(zip64 ? 45 : 20, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(method, 10)
  header.writeUInt32LE(checksum, 16)
  header.writeUInt32LE(zip64 ? saturated : content.length, 20)
  header.writeUInt32LE(zip64 ? saturated : size, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE(zip64 ? saturated : offset, 42)
  return Buffer.concat([header, name, extra])
}

function zip64Extra(...values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(0x0001, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  values.forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index))
  return extra
}

function end(count: number, size: number, offset: number, zip64: boolean): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(zip64 ? 0xffff : count, 8)
  record.writeUInt16LE(zip64 ? 0xffff : count, 10)
  record.writeUInt32LE(zip64 ? saturated : size, 12)
  record.writeUInt32LE(zip64 ? saturated : offset, 16)
  if (!zip64) return record
  const record64 = Buffer.alloc(56)
  record64.writeUInt32LE(0x06064b50, 0)
  record64.writeBigUInt64LE(44n, 4)
  record64.writeUInt16LE(45, 12)
  record64.writeUInt16LE(45, 14)
  record64.writeBigUInt64LE(BigInt(count), 24)
  record64.writeBigUInt64LE(BigInt(count), 32)
  record64.writeBigUInt64LE(BigInt(size), 40)
  record64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record64, locator, record])
}
