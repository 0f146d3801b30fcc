import { crc32, deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** What a header of a member says, true or not. */
export interface HeaderFields {
  readonly name: Buffer
  readonly method: number
  readonly flags: number
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  readonly extra: Buffer
}

export interface ZipMember {
  readonly content: Buffer
  readonly local: HeaderFields
  readonly central: HeaderFields & {
    /** Of the local header, when it is not where it is. */
    readonly offset?: number
    readonly comment?: Buffer
  }
  /** `directory`: listed without being there; `body`: there without being listed. */
  readonly only?: 'directory' | 'body'
}

/** The end of the directory, where it is not as it should be. */
export interface ZipEnd {
  readonly count?: number
  readonly size?: number
  readonly offset?: number
  readonly disk?: number
  readonly comment?: Buffer
  /** Other than the comment's length. */
  readonly commentLength?: number
  /** Adds the 64-bit records, with these values. */
  readonly zip64?: {
    readonly count?: bigint
    readonly size?: bigint
    readonly offset?: bigint
    readonly locator?: bigint
  }
}

/** A ZIP taken apart, to be put together again in another way. */
export interface ZipModel {
  readonly members: readonly ZipMember[]
  readonly end: ZipEnd
}

/** A stretch of the file. */
export interface Region {
  readonly start: number
  readonly end: number
  /** The name of the member, `directory` or `end`. */
  readonly what: string
}

export function nameOf(member: ZipMember): string {
  return member.central.name.toString('utf8')
}

/** Takes an undamaged ZIP apart. */
export function readZip(bytes: Buffer): ZipModel {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  const members: ZipMember[] = []
  let at = bytes.readUInt32LE(end + 16)
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28)
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
    const offset = bytes.readUInt32LE(at + 42)
    const fields: HeaderFields = {
      name: bytes.subarray(at + 46, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      flags: bytes.readUInt16LE(at + 8),
      crc32: bytes.readUInt32LE(at + 16),
      compressedSize: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      extra: Buffer.alloc(0),
    }
    const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28)
    members.push({ content: bytes.subarray(start, start + fields.compressedSize), local: fields, central: fields })
    at = extraEnd + bytes.readUInt16LE(at + 32)
  }
  return { members, end: {} }
}

export function writeZip({ members, end }: ZipModel): { readonly bytes: Buffer; readonly regions: readonly Region[] } {
  const parts: Buffer[] = []
  const regions: Region[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const member of members) {
    const body = member.only === 'directory' ? [] : [localHeader(member.local), member.content]
    if (member.only !== 'body') directory.push(directoryEntry(member, offset))
    const start = offset
    for (const part of body) offset += part.length
    regions.push({ start, end: offset, what: nameOf(member) })
    parts.push(...body)
  }
  const entries = Buffer.concat(directory)
  const tail = endRecords(end, directory.length, entries.length, offset)
  regions.push({ start: offset, end: offset + entries.length, what: 'directory' })
  regions.push({ start: offset + entries.length, end: offset + entries.length + tail.length, what: 'end' })
  return { bytes: Buffer.concat([...parts, entries, tail]), regions }
}

/** A member as it should be. */
export function newMember(name: string | Buffer, data: string | Buffer, method: number): ZipMember {
  const bytes = Buffer.from(data)
  const content =
    method === 93 ? zstdCompressSync(bytes) : method === 8 ? deflateRawSync(bytes, { level: 1 }) : Buffer.from(bytes)
  const fields: HeaderFields = {
    name: Buffer.from(name),
    method,
    flags: 1 << 11,
    crc32: crc32(bytes),
    compressedSize: content.length,
    size: bytes.length,
    extra: Buffer.alloc(0),
  }
  return { content, local: fields, central: fields }
}

/** The content of an undamaged member. */
export function dataOf({ content, central }: ZipMember): Buffer {
  return central.method === 93 ? zstdDecompressSync(content) : central.method === 8 ? inflateRawSync(content) : content
}

/** Both headers say so. */
export function withFields(member: ZipMember, fields: Partial<HeaderFields>): ZipMember {
  return { ...member, local: { ...member.local, ...fields }, central: { ...member.central, ...fields } }
}

function localHeader(fields: HeaderFields): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(45, 4)
  writeCommon(header, 6, fields)
  return Buffer.concat([header, fields.name, fields.extra])
}

function directoryEntry({ central }: ZipMember, offset: number): Buffer {
  const { comment = Buffer.alloc(0) } = central
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(45, 4)
  header.writeUInt16LE(45, 6)
  writeCommon(header, 8, central)
  header.writeUInt16LE(comment.length, 32)
  header.writeUInt32LE((central.offset ?? offset) >>> 0, 42)
  return Buffer.concat([header, central.name, central.extra, comment])
}

/** The fields that both headers have in the same order. */
function writeCommon(header: Buffer, at: number, fields: HeaderFields): void {
  header.writeUInt16LE(fields.flags & 0xffff, at)
  header.writeUInt16LE(fields.method & 0xffff, at + 2)
  header.writeUInt32LE(fields.crc32 >>> 0, at + 8)
  header.writeUInt32LE(fields.compressedSize >>> 0, at + 12)
  header.writeUInt32LE(fields.size >>> 0, at + 16)
  header.writeUInt16LE(fields.name.length, at + 20)
  header.writeUInt16LE(fields.extra.length, at + 22)
}

function endRecords(end: ZipEnd, count: number, size: number, offset: number): Buffer {
  const { comment = Buffer.alloc(0), zip64 } = end
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE((end.disk ?? 0) & 0xffff, 4)
  record.writeUInt16LE((end.count ?? count) & 0xffff, 8)
  record.writeUInt16LE((end.count ?? count) & 0xffff, 10)
  record.writeUInt32LE((end.size ?? size) >>> 0, 12)
  record.writeUInt32LE((end.offset ?? offset) >>> 0, 16)
  record.writeUInt16LE((end.commentLength ?? comment.length) & 0xffff, 20)
  if (zip64 === undefined) return Buffer.concat([record, comment])
  const record64 = Buffer.alloc(56)
  record64.writeUInt32LE(0x06064b50, 0)
  record64.writeBigUInt64LE(44n, 4)
  record64.writeUInt16LE(45, 12)
  record64.writeUInt16LE(45, 14)
  record64.writeBigUInt64LE(zip64.count ?? BigInt(count), 24)
  record64.writeBigUInt64LE(zip64.count ?? BigInt(count), 32)
  record64.writeBigUInt64LE(zip64.size ?? BigInt(size), 40)
  record64.writeBigUInt64LE(zip64.offset ?? BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(zip64.locator ?? BigInt(offset + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record64, locator, record, comment])
}
