import type { LogFile } from '../files/log-file.ts'
import type { ZipMember } from './zip-directory.ts'

/** What a scan found: whole members, and where the file stops being made of them. */
export interface ZipScan {
  readonly members: ReadonlyMap<string, ZipMember>
  /** The first byte that belongs to no whole member; undefined when nothing but the directory follows. */
  readonly brokenAt: number | undefined
}

/**
 * The members of a ZIP whose directory is missing or damaged, found by their local headers, from the front to the back
 * (APPNOTE 6.3.10, 4.3.7). Inspect writes final sizes there. Where there is no header the next one is looked for. Of
 * members with the same name the last one counts, as everywhere.
 */
export async function scanZip(file: LogFile): Promise<ZipScan> {
  const window = new Window(file)
  const members = new Map<string, ZipMember>()
  let brokenAt: number | undefined
  let position = 0
  while (position < file.size) {
    const found = await readLocalHeader(window, position)
    if (found === 'directory') break
    if (found === undefined) {
      brokenAt ??= position
      const next = await window.find(localSignature, position + 1)
      if (next === undefined) break
      position = next
      continue
    }
    members.delete(found.member.name)
    members.set(found.member.name, found.member)
    position = found.end
  }
  return { members, brokenAt }
}

const localSignature = Buffer.from('PK\x03\x04', 'latin1')
const directorySignatures = new Set([0x02014b50, 0x06064b50, 0x06054b50])
const localHeaderSize = 30
const saturated = 0xffffffff
/** The parts of a log, so that compressed bytes which look like a header are not taken for one. */
const memberName = /^(?:samples\/|_journal\/|(?:header|summaries|reductions)\.json$)/

async function readLocalHeader(
  window: Window,
  position: number,
): Promise<{ member: ZipMember; end: number } | 'directory' | undefined> {
  const header = await window.read(position, localHeaderSize)
  if (header.length >= 4 && directorySignatures.has(header.readUInt32LE(0))) return 'directory'
  if (header.length < localHeaderSize || !header.subarray(0, 4).equals(localSignature)) return undefined
  const flags = header.readUInt16LE(6)
  const nameLength = header.readUInt16LE(26)
  const extraLength = header.readUInt16LE(28)
  const rest = await window.read(position + localHeaderSize, nameLength + extraLength)
  if (rest.length < nameLength + extraLength) return undefined
  const name = rest.toString('utf8', 0, nameLength)
  const sizes = sizesOf(header, rest.subarray(nameLength))
  const end = position + localHeaderSize + nameLength + extraLength + (sizes?.compressed ?? 0)
  // With bit 3 the sizes follow the data, which only the directory can tell the end of.
  const isKnown = sizes !== undefined && (flags & 8) === 0 && end <= window.size && memberName.test(name)
  if (!isKnown) return undefined
  const member = {
    name,
    method: header.readUInt16LE(8),
    encrypted: (flags & 1) === 1,
    crc32: header.readUInt32LE(14),
    compressedSize: sizes.compressed,
    size: sizes.size,
    offset: position,
  }
  return { member, end }
}

/** From the 64-bit extra field (0x0001) where the fields of 32 bits are full. */
function sizesOf(header: Buffer, extra: Buffer): { compressed: number; size: number } | undefined {
  const compressed = header.readUInt32LE(18)
  const size = header.readUInt32LE(22)
  if (compressed !== saturated && size !== saturated) return { compressed, size }
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 0x0001) continue
    const fields = [size === saturated, compressed === saturated].map((isFull) => Number(isFull) * 8)
    if (extra.length < at + 4 + fields[0]! + fields[1]!) return undefined
    return {
      size: fields[0] ? Number(extra.readBigUInt64LE(at + 4)) : size,
      compressed: fields[1] ? Number(extra.readBigUInt64LE(at + 4 + fields[0]!)) : compressed,
    }
  }
  return undefined
}

const windowSize = 256 * 1024

/** A piece of the file at a time, since headers are small and may lie close to each other. */
class Window {
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
      this.#start = position
      this.#bytes = await this.#file.read(position, Math.min(Math.max(least, windowSize), this.#file.size - position))
    }
    return this.#bytes.subarray(position - this.#start)
  }
}
