import { createHash } from 'node:crypto'
import { readdir, realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { statPath } from '../../files/files.ts'
import { folderOf, localPath, schemeOf } from '../../files/paths.ts'
import { dataFolders } from './data-folders.ts'
import { isAlive } from './is-alive.ts'
import { lastWritten } from './last-written.ts'

/** Where Inspect keeps the samples of a log that it has not written to the log yet. */
export type BufferPlace = DatabasePlace | FolderPlace

/** An SQLite database on the machine of the run. */
export interface DatabasePlace {
  readonly kind: 'database'
  readonly path: string
  /** The process that writes it, by its name: a number that means nothing outside of its container or machine. */
  readonly pid: number
  /** It is there, as seen from here. */
  readonly alive: boolean
  /** When it was last written, in milliseconds since 1970. */
  readonly written: number
}

/**
 * A folder beside the log. Inspect makes it for other machines, and brings it up to date now and then (`--log-shared`); our
 * own runner has no other buffer.
 */
export interface FolderPlace {
  readonly kind: 'folder'
  readonly path: string
  readonly written: number
}

/** In the folder: what else is in it. */
export const manifestName = 'manifest.json'

/**
 * The buffers of a log, the best one first: databases of running processes, other databases, the folder. The log may lie
 * in a store, and its databases are here when its run is.
 */
export async function findBuffers(logPath: string, env: NodeJS.ProcessEnv = process.env): Promise<BufferPlace[]> {
  // What a URL says besides the place of the log is of no use for another file.
  const path = schemeOf(logPath) === undefined ? resolve(localPath(logPath)) : logPath
  const [databases, folder] = await Promise.all([findDatabases(path, env), findFolder(path).catch(() => undefined)])
  const sorted = databases.toSorted((a, b) => Number(b.alive) - Number(a.alive) || b.written - a.written)
  return folder ? [...sorted, folder] : sorted
}

/** The folder beside a log, which need not be there. */
export function bufferFolder(logPath: string): string {
  const name = basename(logPath)
  const dot = name.lastIndexOf('.')
  return `${folderOf(logPath)}/.buffer/${dot > 0 ? name.slice(0, dot) : name}`
}

async function findDatabases(logPath: string, env: NodeJS.ProcessEnv): Promise<DatabasePlace[]> {
  const name = basename(logPath)
  const own = new Set([logPath, await realpath(logPath).catch(() => logPath)].map(folderName))
  const found: DatabasePlace[] = []
  const elsewhere: DatabasePlace[] = []
  for (const data of dataFolders(env)) {
    const root = join(data, 'samplebuffer')
    for (const folder of await namesIn(root)) {
      const inFolder = await databasesOf(name, join(root, folder))
      ;(own.has(folder) ? found : elsewhere).push(...inFolder)
    }
  }
  // The folder's name depends on how Inspect was told of the log's folder, which may have been by another path. Names
  // with a random id are not given twice.
  return found.length === 0 && /_[A-Za-z0-9]{22}\.\w+$/.test(name) ? elsewhere : found
}

/** As Inspect names the databases' folder: by the address of the log's folder, as it is and not encoded. */
function folderName(logPath: string): string {
  const folder = folderOf(logPath).replace(/[/\\]+$/, '')
  const address = schemeOf(logPath) === undefined ? `file://${folder}` : folder
  return createHash('sha256').update(address).digest('hex')
}

async function databasesOf(logName: string, folder: string): Promise<DatabasePlace[]> {
  const found: DatabasePlace[] = []
  for (const name of await namesIn(folder)) {
    const pid = name.startsWith(`${logName}.`) ? /^(\d+)\.db$/.exec(name.slice(logName.length + 1))?.[1] : undefined
    if (pid === undefined) continue
    const path = join(folder, name)
    const written = await lastWritten(path)
    if (written === undefined) continue
    found.push({ kind: 'database', path, pid: Number(pid), alive: isAlive(Number(pid), written), written })
  }
  return found
}

/** On the disk it may be without a manifest yet; in a store there are no folders, only what is in them. */
async function findFolder(logPath: string): Promise<FolderPlace | undefined> {
  if (/[?#]/.test(logPath) && schemeOf(logPath) !== undefined) return undefined
  const path = bufferFolder(logPath)
  const manifest = await statPath(`${path}/${manifestName}`)
  const written = manifest?.kind === 'file' ? manifest.modifiedMs : undefined
  if (!manifest && (schemeOf(path) !== undefined || !(await statPath(path)))) return undefined
  return { kind: 'folder', path, written: written ?? 0 }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
