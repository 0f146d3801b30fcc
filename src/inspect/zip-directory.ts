import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import { messageOf } from '../errors.ts'
import type { LogFile } from '../files/log-file.ts'

/** A member of a ZIP, as its central directory has it. */
export interface ZipMember {
  readonly name: string
  /** 0 stored, 8 deflate, 93 zstd. */
  readonly method: number
  readonly encrypted: boolean
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  /** Of the local header. */
  readonly offset: number
}

/** The directory of a ZIP is missing or damaged; what it lists may still be there. */
export class ZipDirectoryError extends Error {}

/**
 * The members of a ZIP by name, in the order of its central directory. Of members with the same name the last one
 * counts: Inspect replaces a member by appending another one.
 */
export async function readZipDirectory(file: LogFile): Promise<Map<string, ZipMember>> {
  const members = new Map<string, ZipMember>()
  const reader = new BufferingReader(file)
  const zip = await openZip(file, reader)
  try {
    for await (const entry of zip.eachEntry()) {
      const member = toMember(entry)
      members.delete(member.name)
      members.set(member.name, member)
    }
    if (await hasMore(file, members.size === 0 ? 0 : reader.end)) throw new Error('it has more members than it says')
  } catch (error) {
    throw damagedDirectory(error)
  }
  return members
}

function toMember(entry: Entry): ZipMember {
  return {
    // Inspect writes UTF-8; other readers check names for `..` and backslashes, which are legal in ids of samples.
    name: entry.fileNameRaw.toString('utf8'),
    method: entry.compressionMethod,
    encrypted: entry.isEncrypted(),
    crc32: entry.crc32,
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    offset: entry.relativeOffsetOfLocalHeader,
  }
}

/** Behind the last member of the directory comes another one; or the directory is empty, and the file begins with a member. */
async function hasMore(file: LogFile, position: number): Promise<boolean> {
  if (position + 4 > file.size) return false
  const signature = (await file.read(position, 4)).readUInt32LE(0)
  return signature === (position === 0 ? 0x04034b50 : 0x02014b50)
}

async function openZip(file: LogFile, reader: BufferingReader): Promise<ZipFile> {
  const options = { decodeStrings: false, validateEntrySizes: false, autoClose: false, lazyEntries: true }
  try {
    return await fromRandomAccessReaderPromise(reader, file.size, options)
  } catch (error) {
    if (!messageOf(error).includes('End of central directory record signature not found')) throw damagedDirectory(error)
    throw new ZipDirectoryError(
      'the ZIP is cut off: its directory, which comes last, is missing; it is still being copied, or copying failed',
      { cause: error },
    )
  }
}

function damagedDirectory(cause: unknown): ZipDirectoryError {
  return new ZipDirectoryError(`the directory of the ZIP is damaged (${messageOf(cause)}); copy the file again`, {
    cause,
  })
}

const windowSize = 256 * 1024

/** yauzl asks for each entry twice; this reads many at once. */
class BufferingReader extends RandomAccessReader {
  readonly #file: LogFile
  #start = 0
  #window: Buffer = Buffer.alloc(0)
  /** Of what was asked for last. */
  end = 0

  constructor(file: LogFile) {
    super()
    this.#file = file
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.end = position + length
    const from = position - this.#start
    if (from >= 0 && from + length <= this.#window.length) {
      this.#window.copy(target, offset, from, from + length)
      callback(null, length)
      return
    }
    const available = Math.max(0, this.#file.size - position)
    if (available < length) {
      callback(null, available)
      return
    }
    this.#file.read(position, Math.min(Math.max(length, windowSize), available)).then(
      (window) => {
        this.#start = position
        this.#window = window
        window.copy(target, offset, 0, length)
        callback(null, length)
      },
      (error: Error) => callback(error),
    )
  }
}
