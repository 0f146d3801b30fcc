import { glob } from 'node:fs/promises'
import { matchesGlob } from 'node:path'
import { EvalspanError, messageOf } from '../errors.ts'
import { listFolder, statPath } from '../files/files.ts'
import { isEventLog, isLogFile } from '../files/log-names.ts'
import { fullPath, schemeOf } from '../files/paths.ts'
import { shownPath } from '../files/shown-path.ts'

export interface Found {
  readonly files: string[]
  /** One for each path that leads to nothing. */
  readonly problems: EvalspanError[]
}

/**
 * The files that paths, folders and patterns stand for: each once, folders with all that lies beneath them in order of
 * name. A file that is named is taken whatever its name is; in folders only logs are. Paths may be those of a store.
 */
export async function findFiles(paths: readonly string[]): Promise<Found> {
  const files = new Set<string>()
  const problems: EvalspanError[] = []
  for (const path of paths) {
    const found = await expand(path).catch((error: unknown) => problem(path, messageOf(error), error))
    if (found instanceof EvalspanError) problems.push(found)
    else for (const file of found) files.add(fullPath(file))
  }
  return { files: [...files], problems }
}

function problem(path: string, what: string, cause?: unknown): EvalspanError {
  if (cause instanceof EvalspanError) return cause
  return new EvalspanError('BAD_LOG', `${shownPath(path)}: ${what}`, { cause })
}

async function expand(path: string): Promise<string[] | EvalspanError> {
  const scheme = schemeOf(path)
  const isPattern = /[*?[{]/.test(path)
  // The web has no folders, and its URLs no patterns. What is no log's name may be a folder.
  if (scheme?.startsWith('http') || (scheme !== undefined && isFileName(path) && !isPattern)) return [path]
  const info = await statPath(path)
  if (info?.kind === 'folder') {
    const logs = await listLogs(path)
    return logs.length > 0 ? logs : problem(path, 'no logs in this folder (looked for *.eval and *.json named by time)')
  }
  if (info) return [path]
  if (!isPattern) return problem(path, 'no such file or folder')
  const files = await (scheme === undefined ? matchLocal(path) : matchRemote(path))
  return files.length > 0 ? files : problem(path, 'nothing matches this pattern')
}

function isFileName(path: string): boolean {
  return isLogFile(path) || isEventLog(path)
}

async function matchLocal(pattern: string): Promise<string[]> {
  const matches = (await Array.fromAsync(glob(pattern))).toSorted()
  const expanded = await Promise.all(
    // What cannot be looked at is named by whoever opens it.
    matches.map(async (match) => ((await statPath(match))?.kind === 'folder' ? listLogs(match) : [match])),
  )
  return expanded.flat()
}

/** A pattern that names a folder stands for the logs beneath it, as on the disk. */
async function matchRemote(pattern: string): Promise<string[]> {
  const [, folder = ''] = /^([^*?[{]*)\//.exec(pattern) ?? []
  const logs = await listLogs(folder)
  const place = folder.length + 1
  const wanted = pattern.slice(place)
  return logs.filter((log) =>
    [log.slice(place), ...parentsOf(log.slice(place))].some((name) => matchesGlob(name, wanted)),
  )
}

function parentsOf(name: string): string[] {
  const parts = name.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

async function listLogs(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(listFolder(folder), ({ path }) => path)
  return files
    .map((path) => ({ path, parts: path.split(/[\\/]/) }))
    .toSorted(byParts)
    .map(({ path }) => path)
}

/** By the names of folders, and then of files. */
function byParts(a: { readonly parts: readonly string[] }, b: { readonly parts: readonly string[] }): number {
  const at = a.parts.findIndex((part, index) => part !== b.parts[index])
  return (a.parts[at] ?? '') < (b.parts[at] ?? '') ? -1 : 1
}
