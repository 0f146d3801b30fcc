import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EvalspanError, messageOf } from '../errors.ts'
import { explained } from './disk-error.ts'
import { LocalFile, versionOf } from './local-file.ts'
import { isLogFile } from './log-names.ts'
import type { FileInfo, ListedFile, ListOptions, PathInfo, Store } from './store.ts'

/** The disk. */
export const localStore: Store = {
  open: (path) => LocalFile.open(path),
  async stat(path): Promise<PathInfo | undefined> {
    const stats = await statQuietly(path)
    return stats?.isDirectory() ? { kind: 'folder' } : stats && toInfo(stats)
  },
  list: listFolder,
}

/** So many files are looked at together. */
const batchSize = 64

async function* listFolder(folder: string, { onProblem }: ListOptions = {}): AsyncGenerator<ListedFile> {
  yield* listEntries(folder, await readFolder(folder), (path, error) => {
    onProblem?.(new EvalspanError('BAD_LOG', `${path}: ${messageOf(error)}`, { cause: error }))
  })
}

async function* listEntries(
  folder: string,
  entries: readonly Dirent[],
  onProblem: (path: string, error: unknown) => void,
): AsyncGenerator<ListedFile> {
  let waiting: Dirent[] = []
  const look = async (): Promise<ListedFile[]> => {
    const names = waiting
    waiting = []
    const found = await Promise.all(
      names.map(async ({ name }) => {
        const path = join(folder, name)
        const stats = await statQuietly(path)
        // Somebody may have removed it by now.
        return stats && { path, ...toInfo(stats) }
      }),
    )
    return found.filter((file) => file !== undefined)
  }
  for (const entry of entries) {
    if (entry.isDirectory()) {
      if (entry.name.startsWith('.')) continue
      yield* await look()
      const path = join(folder, entry.name)
      const beneath = await readFolder(path).catch((error: unknown) => onProblem(path, error))
      if (beneath) yield* listEntries(path, beneath, onProblem)
    } else if (isLogFile(entry.name)) {
      waiting.push(entry)
      if (waiting.length === batchSize) yield* await look()
    }
  }
  yield* await look()
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

async function statQuietly(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined)
}
