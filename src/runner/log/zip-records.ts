/** A member as the directory of a ZIP lists it. All of them are compressed with zstd, and smaller than 4 GiB. */
export interface ZipEntry {
  // As text, since a small buffer keeps the memory that it shares with others.
  readonly name: string
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
}

export interface PlacedEntry extends ZipEntry {
  /** Of the local header. */
  readonly offset: number
}

/** What stands before the bytes of a member (APPNOTE 6.3.10, 4.3.7). */
export function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  writeCommon(header, entry, name.length, 4)
  return Buffer.concat([header, name])
}

/** The directory of all members, to be written at `offset`, with the records that end a ZIP. */
export function zipDirectory(entries: readonly PlacedEntry[], offset: number): Buffer {
  const headers = entries.map(directoryHeader)
  const size = headers.reduce((sum, { length }) => sum + length, 0)
  return Buffer.concat([...headers, endOfDirectory(entries.length, size, offset)])
}

/** What tells that a field of 32 bits is too small, and the value elsewhere. */
const saturated = 0xffffffff
const saturatedCount = 0xffff
const versionOfZstd = 63
const zstd = 93
/** Names are UTF-8. */
const utf8 = 1 << 11
/** The first of January 1980: logs have better times, and the same content gives the same bytes. */
const date = 0x0021

function writeCommon(header: Buffer, { crc32, compressedSize, size }: ZipEntry, nameLength: number, at: number): void {
  header.writeUInt16LE(versionOfZstd, at)
  header.writeUInt16LE(utf8, at + 2)
  header.writeUInt16LE(zstd, at + 4)
  header.writeUInt16LE(date, at + 8)
  header.writeUInt32LE(crc32, at + 10)
  header.writeUInt32LE(compressedSize, at + 14)
  header.writeUInt32LE(size, at + 18)
  header.writeUInt16LE(nameLength, at + 22)
}

function directoryHeader(entry: PlacedEntry): Buffer {
  const isFar = entry.offset >= saturated
  const name = Buffer.from(entry.name)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(versionOfZstd, 4)
  writeCommon(header, entry, name.length, 6)
  header.writeUInt32LE(isFar ? saturated : entry.offset, 42)
  if (!isFar) return Buffer.concat([header, name])
  const extra = Buffer.alloc(12)
  extra.writeUInt16LE(0x0001, 0)
  extra.writeUInt16LE(8, 2)
  extra.writeBigUInt64LE(BigInt(entry.offset), 4)
  header.writeUInt16LE(extra.length, 30)
  return Buffer.concat([header, name, extra])
}

function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const isLarge = count >= saturatedCount || size >= saturated || offset >= saturated
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(isLarge ? saturatedCount : count, 8)
  record.writeUInt16LE(isLarge ? saturatedCount : count, 10)
  record.writeUInt32LE(isLarge ? saturated : size, 12)
  record.writeUInt32LE(isLarge ? saturated : offset, 16)
  return isLarge ? Buffer.concat([zip64End(count, size, offset), record]) : record
}

function zip64End(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(BigInt(record.length - 12), 4)
  record.writeUInt16LE(versionOfZstd, 12)
  record.writeUInt16LE(versionOfZstd, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(size), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record, locator])
}
