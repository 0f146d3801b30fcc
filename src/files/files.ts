import { EvalspanError } from '../errors.ts'
import { localStore } from './local-store.ts'
import type { LogFile } from './log-file.ts'
import { localPath, schemeOf } from './paths.ts'
import { shownPath } from './shown-path.ts'
import { ObjectStore } from './object-store.ts'
import type { ListedFile, ListOptions, PathInfo, Store } from './store.ts'

/**
 * The stores by the schemes of their paths. All that they need is loaded, and variables are read, when the first path needs
 * it: HTTP alone takes a tenth of the time in which the command starts.
 */
const stores: ReadonlyMap<string, () => Promise<Store>> = new Map([
  ['http', openHttp],
  ['https', openHttp],
  ['s3', once(async () => new ObjectStore(await (await import('./s3.ts')).openS3()))],
  ['gs', once(async () => new ObjectStore(await (await import('./gcs.ts')).openGcs()))],
  ['az', once(async () => new ObjectStore(await (await import('./azure.ts')).openAzure()))],
])

/** Opens a file on the disk or in a store. Errors say what is wrong without naming the path. */
export async function openFile(path: string): Promise<LogFile> {
  return (await storeOf(path)).open(localPath(path))
}

/** What a path leads to; undefined when there is nothing. */
export async function statPath(path: string): Promise<PathInfo | undefined> {
  return (await storeOf(path)).stat(localPath(path))
}

/**
 * The logs in a folder and in all folders beneath it, in no certain order. Folders whose name begins with a dot are left
 * out. Throws when the folder itself cannot be read; one beneath it that cannot is a problem, and the others still come.
 */
export async function* listFolder(folder: string, options: ListOptions = {}): AsyncGenerator<ListedFile> {
  yield* (await storeOf(folder)).list(localPath(folder), options)
}

async function openHttp(): Promise<Store> {
  return (await import('./http-store.ts')).httpStore
}

/** What failed is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

async function storeOf(path: string): Promise<Store> {
  const scheme = schemeOf(path)
  if (scheme === undefined) return localStore
  const open = stores.get(scheme)
  if (open) return open()
  const known = [...stores.keys()].map((name) => `${name}://`).join(', ')
  throw new EvalspanError(
    'BAD_LOG',
    `${shownPath(path)}: nothing can be read from ${scheme}://; what can be is ${known} and paths on the disk`,
  )
}
