import { glob, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EvalspanError } from '../errors.ts'
import { isLogFile } from '../inspect/log-files.ts'

export interface Found {
  readonly files: string[]
  /** One for each path that leads to nothing. */
  readonly problems: EvalspanError[]
}

/**
 * The files that paths, folders and patterns stand for: each once, folders with all that lies beneath them in order of
 * name. A file that is named is taken whatever its name is; in folders only logs are.
 */
export async function findFiles(paths: readonly string[]): Promise<Found> {
  const files = new Set<string>()
  const problems: EvalspanError[] = []
  for (const path of paths) {
    const found = await expand(path)
    if (found instanceof EvalspanError) problems.push(found)
    else for (const file of found) files.add(resolve(file))
  }
  return { files: [...files], problems }
}

async function expand(path: string): Promise<string[] | EvalspanError> {
  const info = await stat(path).catch(() => undefined)
  if (info?.isDirectory()) {
    const logs = await listLogs(path)
    return logs.length > 0
      ? logs
      : new EvalspanError('BAD_LOG', `${path}: no logs in this folder (looked for *.eval and *.json named by time)`)
  }
  if (info) return [path]
  if (!/[*?[{]/.test(path)) return new EvalspanError('BAD_LOG', `${path}: no such file or folder`)
  const matches = (await Array.fromAsync(glob(path))).toSorted()
  const expanded = await Promise.all(
    // What cannot be looked at is named by whoever opens it.
    matches.map(async (match) =>
      (await stat(match).catch(() => undefined))?.isDirectory() ? listLogs(match) : [match],
    ),
  )
  const files = expanded.flat()
  return files.length > 0 ? files : new EvalspanError('BAD_LOG', `${path}: nothing matches this pattern`)
}

/** Folders whose name begins with a dot are Inspect's own, like the buffer of running evals. */
async function listLogs(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry): Promise<string[]> => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : listLogs(path)
        return isLogFile(entry.name) ? [path] : []
      }),
  )
  return found.flat()
}
