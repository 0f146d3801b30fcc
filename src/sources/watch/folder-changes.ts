import { watch, type FSWatcher } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { listFolder, statPath } from '../../files/files.ts'
import { isLogFile } from '../../files/log-names.ts'
import { fullPath, schemeOf } from '../../files/paths.ts'
import type { ListedFile } from '../../files/store.ts'

export interface Changes {
  /** New logs, and those whose content is another one than the last time. */
  readonly changed: readonly ListedFile[]
  readonly gone: readonly string[]
}

export interface FolderChangesOptions {
  /** Called when something happened in the folder, so that there is no need to ask all the time. */
  readonly onEvent?: (() => void) | undefined
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
 * happened, so that a folder in which nothing does costs nothing, however much lies in it.
 */
export class FolderChanges {
  readonly folder: string
  readonly #onEvent: () => void
  readonly #now: () => number
  readonly #versions = new Map<string, string>()
  readonly #watchers = new Map<string, FSWatcher>()
  /** Where something happened. */
  readonly #touched = new Set<string>()
  readonly #untoldMs: number
  #isTold: boolean
  #lookedAt = -Infinity

  constructor(folder: string, options: FolderChangesOptions = {}) {
    const { onEvent = () => {}, now = () => performance.now(), intervalMs = 0 } = options
    this.folder = fullPath(folder)
    this.#untoldMs = Math.max(intervalMs, leastUntoldMs)
    this.#onEvent = onEvent
    this.#now = now
    this.#isTold = schemeOf(folder) === undefined
  }

  /** Since the last time; the first time all that is there. Rejects when the folder itself cannot be read. */
  async changes(): Promise<Changes> {
    const now = this.#now()
    if (now - this.#lookedAt < (this.#isTold ? lookMs : this.#untoldMs)) return await this.#lookAtTouched()
    this.#lookedAt = now
    this.#touched.clear()
    // Before anything is read, so that nothing can happen in between.
    if (this.#isTold) await this.#watchFolders(this.folder)
    const missing = new Set(this.#versions.keys())
    const changed: ListedFile[] = []
    for await (const file of listFolder(this.folder)) {
      missing.delete(file.path)
      if (this.#note(file)) changed.push(file)
    }
    for (const path of missing) this.#versions.delete(path)
    return { changed, gone: [...missing] }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #lookAtTouched(): Promise<Changes> {
    const changed: ListedFile[] = []
    const gone: string[] = []
    const touched = [...this.#touched]
    this.#touched.clear()
    for (const path of touched) {
      const info = await statPath(path)
      if (info?.kind === 'folder') {
        await this.#watchFolders(path)
        for await (const file of listFolder(path)) if (this.#note(file)) changed.push(file)
      } else if (info) {
        const file = { path, ...info }
        if (isLogFile(path) && this.#note(file)) changed.push(file)
      } else {
        for (const known of this.#beneath(path)) gone.push(known)
      }
    }
    for (const path of gone) this.#versions.delete(path)
    return { changed, gone }
  }

  /** Whether it is another one than the last time. */
  #note({ path, version }: ListedFile): boolean {
    if (this.#versions.get(path) === version) return false
    this.#versions.set(path, version)
    return true
  }

  /** What is known of a path that is no more: it may have been a folder. */
  #beneath(path: string): string[] {
    this.#watchers.get(path)?.close()
    this.#watchers.delete(path)
    if (this.#versions.has(path)) return [path]
    if (isLogFile(path)) return []
    return [...this.#versions.keys()].filter((known) => known.startsWith(join(path, '/')))
  }

  async #watchFolders(folder: string): Promise<void> {
    this.#watch(folder)
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await this.#watchFolders(join(folder, entry.name))
    }
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => this.#touch(folder, name))
      watcher.on('error', () => this.#lose(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      this.#isTold = false
    }
  }

  /** Inspect's own folders beside its logs, and files that it only writes to rename them, are nobody's business. */
  #touch(folder: string, name: string | null): void {
    if (name === null) this.#lookedAt = -Infinity
    else if (!name.startsWith('.')) this.#touched.add(join(folder, name))
    else return
    this.#onEvent()
  }

  /** A watcher ends with its folder. */
  #lose(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
    this.#lookedAt = -Infinity
  }
}
