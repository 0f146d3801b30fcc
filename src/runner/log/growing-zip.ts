import { constants } from 'node:fs'
import { copyFile, open, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NewMember } from './zip-member.ts'
import { localHeader, zipDirectory, type PlacedEntry } from './zip-records.ts'

/**
 * A ZIP that grows and is whole at all times, whenever its readers look and its writer dies: members are added to a copy,
 * which then takes the place of the file, as Inspect does it. Adding them to the file itself would leave it without a
 * directory, which Inspect cannot do without, until all is written. Where the file system can, the copy shares its blocks.
 */
export class GrowingZip {
  readonly #path: string
  readonly #copy: string
  #entries: ReadonlyMap<string, PlacedEntry> = new Map()
  /** Of the members, where the directory begins. */
  #end = 0
  #size = 0

  /** Nothing is written yet. Logs are found by their ending, so that the copy is taken for none. */
  constructor(path: string) {
    this.#path = path
    this.#copy = join(dirname(path), `.evalspan-${randomUUID()}.writing`)
  }

  /**
   * Adds members; of those with the same name the last one counts. `durable` waits until the disk has it. When this
   * rejects the file is as it was, and it can be tried again.
   */
  async append(members: readonly NewMember[], durable = false): Promise<void> {
    const entries = new Map(this.#entries)
    const parts: Buffer[] = []
    let end = this.#end
    for (const { frames, ...entry } of members) {
      const header = localHeader(entry)
      entries.delete(entry.name)
      entries.set(entry.name, { ...entry, offset: end })
      parts.push(header, ...frames)
      end += header.length + entry.compressedSize
    }
    const directory = zipDirectory([...entries.values()], end)
    parts.push(directory)
    try {
      if (this.#size > 0) await this.#makeCopy()
      await writeFile(this.#copy, parts, { flag: this.#size > 0 ? 'a' : 'w', flush: durable })
      await replace(this.#copy, this.#path)
    } catch (error) {
      await rm(this.#copy, { force: true }).catch(() => {})
      throw error
    }
    this.#entries = entries
    this.#end = end
    this.#size = end + directory.length
    if (durable) await syncFolder(dirname(this.#path))
  }

  /** Without the directory. */
  async #makeCopy(): Promise<void> {
    await copyFile(this.#path, this.#copy, constants.COPYFILE_FICLONE)
    const { size } = await stat(this.#copy)
    if (size !== this.#size) throw new Error('something else has changed it; let nothing but the eval write to it')
    await truncate(this.#copy, this.#end)
  }
}

/** On Windows a file that somebody reads cannot be replaced; readers of logs are done with it soon. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (attempt === mostAttempts || !inUse.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      await sleep(attempt * 20)
    }
  }
}

const mostAttempts = 10
const inUse = new Set(['EACCES', 'EBUSY', 'EPERM'])

/** So that the new name survives a loss of power, where the system can do that for folders. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r')
    await handle.sync()
  } catch {
    // The file itself is on the disk, and under its name.
  }
}
