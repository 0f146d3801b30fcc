import { constants } from 'node:buffer'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { LogFile } from '../files/log-file.ts'
import { rejectBomb } from './zip-bomb.ts'
import type { ZipMember } from './zip-directory.ts'
import { localHeaderSignature, localHeaderSize } from './zip-window.ts'

/** Reads a member whole and checks its size and checksum. Compression is undone off the main thread. */
export async function readZipMember(file: LogFile, member: ZipMember): Promise<Buffer> {
  return expandZipMember(member, await readCompressed(file, member))
}

/** The bytes of a member as they lie in the file. */
export async function readCompressed(file: LogFile, member: ZipMember): Promise<Buffer> {
  if (member.encrypted) throw new Error('is encrypted; decrypt the log and try again')
  if (member.size > constants.MAX_STRING_LENGTH) {
    throw new Error(`has ${member.size} bytes; no more than ${constants.MAX_STRING_LENGTH} can be read at once`)
  }
  const compressed = await readContent(file, member)
  await rejectBomb(member, compressed)
  return compressed
}

/** What these bytes are, with size and checksum checked. */
export async function expandZipMember(member: ZipMember, compressed: Buffer): Promise<Buffer> {
  const data = await decompress(member, compressed)
  if (data.length !== member.size) throw damaged(`has ${data.length} bytes instead of ${member.size}`)
  if (zlib.crc32(data) !== member.crc32) throw damaged('has a wrong checksum')
  return data
}

async function readContent(file: LogFile, member: ZipMember): Promise<Buffer> {
  // The local header's name and extra field may differ in length from the directory's, so the guess may be too short.
  const guess = localHeaderSize + Buffer.byteLength(member.name) + 64 + member.compressedSize
  const available = file.size - member.offset
  if (available < localHeaderSize + member.compressedSize) throw damaged('is cut off')
  const bytes = await file.read(member.offset, Math.min(guess, available))
  if (bytes.readUInt32LE(0) !== localHeaderSignature) throw damaged('is not where the directory of the ZIP says')
  const start = localHeaderSize + bytes.readUInt16LE(26) + bytes.readUInt16LE(28)
  const end = start + member.compressedSize
  if (end <= bytes.length) return bytes.subarray(start, end)
  if (end > available) throw damaged('is cut off')
  return file.read(member.offset + start, member.compressedSize)
}

async function decompress(member: ZipMember, data: Buffer): Promise<Buffer> {
  const { method, size } = member
  if (method === 0) return data
  try {
    if (method === 8) return await inflateRaw(data, limits(size))
    if (method === 93) return await decompressZstd(data, size)
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw damaged(tooLarge ? `has more than ${size} bytes` : 'cannot be decompressed', error)
  }
  throw new Error(
    `is compressed with method ${method}, which Inspect does not use; repack the ZIP with deflate or zstd`,
  )
}

const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)

/** Inspect starts a new frame after each 200 MiB, and Node stops after the first one without a word. */
async function decompressZstd(data: Buffer, size: number): Promise<Buffer> {
  const frames: Buffer[] = []
  let rest = data
  let missing = size
  do {
    // After a small frame no large one comes.
    const expected = frames.length === 0 ? missing : Math.min(missing, 2 * frames.at(-1)!.length)
    const { buffer, engine } = await decompressFrame(rest, limits(missing, expected))
    if (engine.bytesWritten === 0) throw new Error('nothing that zstd can read')
    // Of the room for the whole not all is kept for a small part.
    frames.push(buffer.length < expected / 2 ? Buffer.from(buffer) : buffer)
    rest = rest.subarray(engine.bytesWritten)
    missing -= buffer.length
  } while (rest.length > 0)
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames)
}

interface Frame {
  readonly buffer: Buffer
  /** Its `bytesWritten` counts the compressed bytes that were used. */
  readonly engine: { readonly bytesWritten: number }
}

function decompressFrame(data: Buffer, limit: zlib.ZstdOptions): Promise<Frame> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, frame: unknown): void => (error ? reject(error) : resolve(frame as Frame))
    zlib.zstdDecompress(data, { ...limit, info: true }, done)
  })
}

/**
 * Room for the whole, so that it need not be put together from pieces, and a little more: what fills its room to the last
 * byte gets as much again. What is not filled takes no memory.
 */
function limits(size: number, expected = size): { chunkSize: number; maxOutputLength: number } {
  return { chunkSize: Math.max(expected + 64, 1024), maxOutputLength: Math.max(size, 1) }
}

function damaged(what: string, cause?: unknown): Error {
  return new Error(`${what}: the file is damaged; copy it again from where it was written`, { cause })
}
