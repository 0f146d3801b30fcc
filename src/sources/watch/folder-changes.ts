import { statSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import type { EvalspanError } from '../../errors.ts'
import { listFolder, statPath } from '../../files/files.ts'
import { isLogFile } from '../../files/log-names.ts'
import { fullPath, schemeOf } from '../../files/paths.ts'
import type { ListedFile } from '../../files/store.ts'

export interface Changes {
  /** New logs, and those whose content is another one than the last time. */
  readonly changed: readonly ListedFile[]
  readonly gone: readonly string[]
  /** All was looked at, and could be. */
  readonly whole: boolean
  /** Folders beneath that could not be looked at. */
  readonly problems: readonly EvalspanError[]
}

export interface FolderChangesOptions {
  /** How often all is looked at where nothing is told, at most every ten seconds. */
  readonly intervalMs?: number | undefined
  /** Milliseconds from some moment on. */
  readonly now?: (() => number) | undefined
}

/** A disk in the network does not tell what others write to it, so all is looked at now and then. */
const lookMs = 30_000
/** Where nothing is told at all: no more watchers are to be had, or the folder is in a store. */
const leastUntoldMs = 10_000

/**
 * What becomes of the logs in a folder and in those beneath it. On the disk the system tells in which of them something
 * happened, so that a folder in which nothing does costs next to nothing between two looks at all of it.
 */
export class FolderChanges {
  readonly folder: string
  readonly #now: () => number
  readonly #untoldMs: number
  readonly #versions = new Map<string, string>()
  /** With the number of the folder on its disk: another one may come under its name. */
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>()
  /** Where something happened. */
  readonly #touched = new Set<string>()
  #isTold: boolean
  #lookedAt = -Infinity

  constructor(folder: string, options: FolderChangesOptions = {}) {
    const { now = () => performance.now(), intervalMs = 0 } = options
    this.folder = fullPath(folder)
    this.#untoldMs = Math.max(intervalMs, leastUntoldMs)
    this.#now = now
    this.#isTold = schemeOf(folder) === undefined
  }

  /** Whether the path is one beneath the folder. */
  holds(path: string): boolean {
    const folder = this.folder.replace(/[/\\]+$/, '')
    return path.startsWith(folder) && /^[/\\]/.test(path.slice(folder.length))
  }

  /**
   * Since the last time; the first time all that is there. Rejects when the folder itself cannot be read: what had come
   * by then comes the next time.
   */
  async changes(): Promise<Changes> {
    const now = this.#now()
    if (now - this.#lookedAt < (this.#isTold ? lookMs : this.#untoldMs)) return await this.#lookAtTouched()
    this.#touched.clear()
    const problems: EvalspanError[] = []
    const files = await Array.fromAsync(this.#list(this.folder, (error) => problems.push(error)))
    this.#lookedAt = now
    const there = new Set(files.map(({ path }) => path))
    const whole = problems.length === 0
    // What lies where nobody can look is not gone.
    const gone = whole ? [...this.#versions.keys()].filter((path) => !there.has(path)) : []
    for (const path of gone) this.#versions.delete(path)
    return { changed: files.filter((file) => this.#isNew(file)), gone, whole, problems }
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #lookAtTouched(): Promise<Changes> {
    const changed: ListedFile[] = []
    const gone: string[] = []
    for (const path of this.#touched) {
      this.#touched.delete(path)
      try {
        const info = await statPath(path)
        if (info?.kind === 'folder') {
          for await (const file of this.#list(path)) changed.push(file)
        } else if (!info) gone.push(...this.#beneath(path))
        else if (isLogFile(path)) changed.push({ path, ...info })
      } catch {
        // It is in the middle of something; the next look at all of it tells.
        this.#lookedAt = -Infinity
      }
    }
    for (const path of gone) this.#versions.delete(path)
    return { changed: changed.filter((file) => this.#isNew(file)), gone, whole: false, problems: [] }
  }

  /** Whether it is another one than the last time; it is not from now on. */
  #isNew({ path, version }: ListedFile): boolean {
    if (this.#versions.get(path) === version) return false
    this.#versions.set(path, version)
    return true
  }

  /** What is known of a path that is no more: it may have been a folder. */
  #beneath(path: string): string[] {
    this.#unwatch(path)
    if (this.#versions.has(path)) return [path]
    if (isLogFile(path)) return []
    return [...this.#versions.keys()].filter((known) => known.startsWith(join(path, '/')))
  }

  /** Folders are watched before they are read, so that nothing can happen in between. */
  #list(folder: string, onProblem?: (error: EvalspanError) => void): AsyncGenerator<ListedFile> {
    return listFolder(folder, { onProblem, onFolder: (path) => this.#watch(path) })
  }

  #watch(folder: string): void {
    if (!this.#isTold) return
    let inode: number
    try {
      inode = statSync(folder).ino
    } catch {
      // Whoever lists it says why.
      return
    }
    if (this.#watchers.get(folder)?.inode === inode) return
    this.#unwatch(folder)
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => this.#touch(folder, name))
      watcher.on('error', () => this.#lose(folder))
      this.#watchers.set(folder, { watcher, inode })
    } catch {
      this.#isTold = false
    }
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.watcher.close()
    this.#watchers.delete(folder)
  }

  /** Inspect's own folders beside its logs, and files that it only writes to rename them, are nobody's business. */
  #touch(folder: string, name: string | null): void {
    if (name === null) this.#lookedAt = -Infinity
    else if (!name.startsWith('.')) this.#touched.add(join(folder, name))
  }

  /** A watcher ends with its folder. */
  #lose(folder: string): void {
    this.#unwatch(folder)
    this.#lookedAt = -Infinity
  }
}
