import { constants, type BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { explained } from './disk-error.ts'
import type { LogFile } from './log-file.ts'

/** A log on disk. */
export class LocalFile implements LogFile {
  readonly path: string
  readonly size: number
  readonly #handle: FileHandle

  constructor(path: string, size: number, handle: FileHandle) {
    this.path = path
    this.size = size
    this.#handle = handle
  }

  static async open(path: string): Promise<LocalFile> {
    const handle = await openHandle(path)
    try {
      const stats = await handle.stat({ bigint: true })
      expectFile(stats)
      if (stats.size === 0n) throw new Error(isEmpty)
      return new LocalFile(path, Number(stats.size), handle)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      // Node reads at most 2 GiB at once.
      const wanted = Math.min(length - filled, 2 ** 30)
      const { bytesRead } = await this.#handle.read(buffer, filled, wanted, position + filled)
      if (bytesRead === 0) throw endsBefore(position + filled)
      filled += bytesRead
    }
    return buffer
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

export const isEmpty = 'is empty; nothing was written to it yet, or copying it failed'

export function endsBefore(size: number): Error {
  return new Error(`the file ends at byte ${size}, in the middle of this`)
}

/** Opening a pipe waits for whoever writes to it, and a device may do something: both are looked at first. */
async function openHandle(path: string): Promise<FileHandle> {
  try {
    expectFile(await stat(path, { bigint: true }))
    // In case a pipe took its place just now. Windows has no such flag.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw explained(error, 'file')
  }
}

function expectFile(stats: BigIntStats): void {
  if (stats.isDirectory()) throw new Error('is a folder, not a log; name one of the files in it')
  if (!stats.isFile()) throw new Error('is not a file; copy its content to a file first')
}
