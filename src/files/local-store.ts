import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EvalspanError, messageOf } from '../errors.ts'
import { explained } from './disk-error.ts'
import { LocalFile, versionOf } from './local-file.ts'
import { isLogFile } from './log-names.ts'
import type { FileInfo, ListedFile, ListOptions, PathInfo, Store } from './store.ts'

/** The disk. */
export const localStore: Store = {
  open: (path) => LocalFile.open(path),
  async stat(path): Promise<PathInfo | undefined> {
    const stats = await statThere(path)
    return stats?.isDirectory() ? { kind: 'folder' } : stats && toInfo(stats)
  },
  list: listFolder,
}

/** So many files are looked at together. */
const batchSize = 64

async function* listFolder(folder: string, options: ListOptions = {}): AsyncGenerator<ListedFile> {
  yield* new Listing(options).files(folder)
}

/** One pass through a folder and all beneath it. */
class Listing {
  readonly #options: ListOptions
  /** Where links lead to, so that each folder is listed once, and a link to one above it has an end. */
  readonly #listed = new Set<string>()
  readonly #links: string[] = []

  constructor(options: ListOptions) {
    this.#options = options
  }

  async *files(folder: string): AsyncGenerator<ListedFile> {
    const entries = await this.#read(folder)
    yield* this.#beneath(folder, await realpath(folder), entries)
    // Last, so that a log is listed where it lies and not where a link to its folder does.
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) yield* this.#follow(link)
  }

  async *#follow(link: string): AsyncGenerator<ListedFile> {
    const stats = await statQuietly(link)
    if (stats && !stats.isDirectory()) {
      if (isLogFile(link)) yield { path: link, ...toInfo(stats) }
      return
    }
    if (!stats || basename(link).startsWith('.')) return
    const place = await realpath(link).catch((error: unknown) => this.#onProblem(link, error))
    if (place !== undefined) yield* this.#folder(link, place)
  }

  async *#folder(folder: string, place: string): AsyncGenerator<ListedFile> {
    if (this.#listed.has(place)) return
    const entries = await this.#read(folder).catch((error: unknown) => this.#onProblem(folder, error))
    if (entries) yield* this.#beneath(folder, place, entries)
  }

  #read(folder: string): Promise<Dirent[]> {
    this.#options.onFolder?.(folder)
    return readFolder(folder)
  }

  #onProblem(path: string, error: unknown): void {
    this.#options.onProblem?.(new EvalspanError('BAD_LOG', `${path}: ${messageOf(error)}`, { cause: error }))
  }

  async *#beneath(folder: string, place: string, entries: readonly Dirent[]): AsyncGenerator<ListedFile> {
    this.#listed.add(place)
    let waiting: string[] = []
    const look = async (): Promise<ListedFile[]> => {
      const paths = waiting
      waiting = []
      return lookAt(paths)
    }
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isSymbolicLink()) this.#links.push(path)
      else if (entry.isDirectory()) {
        if (entry.name.startsWith('.')) continue
        yield* await look()
        yield* this.#folder(path, join(place, entry.name))
      } else if (isLogFile(entry.name)) {
        waiting.push(path)
        if (waiting.length === batchSize) yield* await look()
      }
    }
    yield* await look()
  }
}

async function lookAt(paths: readonly string[]): Promise<ListedFile[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const stats = await statQuietly(path)
      // Somebody may have removed it by now.
      return stats && { path, ...toInfo(stats) }
    }),
  )
  return found.filter((file) => file !== undefined)
}

/** What lies in a folder, by name. */
async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw explained(error, 'folder')
  }
}

function toInfo(stats: BigIntStats): FileInfo {
  return { kind: 'file', size: Number(stats.size), version: versionOf(stats), modifiedMs: Number(stats.mtimeMs) }
}

/** Undefined where there is nothing. What cannot be looked at for another reason is there all the same. */
async function statThere(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP') return undefined
    throw explained(error, 'file')
  })
}

async function statQuietly(path: string): Promise<BigIntStats | undefined> {
  return statThere(path).catch(() => undefined)
}
