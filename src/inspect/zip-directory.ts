import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import { messageOf } from '../errors.ts'
import type { LogFile } from '../files/log-file.ts'
import { localHeaderSignature, ZipWindow } from './zip-window.ts'

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
  const reader = new WindowReader(file)
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
  return signature === (position === 0 ? localHeaderSignature : 0x02014b50)
}

async function openZip(file: LogFile, reader: WindowReader): Promise<ZipFile> {
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

/** yauzl asks for each entry twice. */
class WindowReader extends RandomAccessReader {
  readonly #window: ZipWindow
  /** Of what was asked for last. */
  end = 0

  constructor(file: LogFile) {
    super()
    this.#window = new ZipWindow(file)
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.end = position + length
    this.#window.read(position, length).then(
      (bytes) => callback(null, bytes.copy(target, offset)),
      (error: Error) => callback(error),
    )
  }
}
