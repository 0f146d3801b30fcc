import { constants, type BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { explained } from './disk-error.ts'
import { FileError, replaced } from './file-error.ts'
import type { LogFile } from './log-file.ts'

/** A log on disk. */
export class LocalFile implements LogFile {
  readonly path: string
  readonly size: number
  readonly #handle: FileHandle
  readonly #version: string

  constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.path = path
    this.size = Number(stats.size)
    this.#handle = handle
    this.#version = versionOf(stats)
  }

  static async open(path: string): Promise<LocalFile> {
    const handle = await openHandle(path)
    try {
      const stats = await handle.stat({ bigint: true })
      expectFile(stats)
      if (stats.size === 0n) throw new Error(isEmpty)
      return new LocalFile(path, handle, stats)
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
      if (bytesRead === 0) break
      filled += bytesRead
    }
    // Inspect writes a log anew in its place: what was read may be of either, or of both.
    if (versionOf(await this.#handle.stat({ bigint: true })) !== this.#version) throw new FileError(replaced)
    if (filled < length) throw endsBefore(position + filled)
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

/** Another one whenever the content is another one. */
export function versionOf({ mtimeNs, ino, size }: BigIntStats): string {
  return `${mtimeNs}-${ino}-${size}`
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
