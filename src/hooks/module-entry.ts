import { realpathSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EvalspanError } from '../errors.ts'
import { findInstalled, isFile } from './package-json.ts'

export const packageNamePattern = /^(?:@[^/\\\s]+\/)?[^/\\\s.@][^/\\\s]*$/

/** What a variable such as `EVALSPAN_PLUGINS` lists, with commas between. */
export function moduleEntries(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/**
 * Where an entry of such a list is: a file, without symbolic links, or a package installed for the folder. Throws an
 * `EvalspanError` (`BAD_HOOK`) that says what to write instead.
 */
export function locateEntry(
  entry: string,
  folder: string,
): { readonly file: string } | { readonly packageJson: string } {
  if (entry.startsWith('file://')) return { file: existing(fileURLToPath(entry)) }
  if (isAbsolute(entry) || /^\.\.?([\\/]|$)/.test(entry)) return { file: existing(resolve(folder, entry)) }
  if (!packageNamePattern.test(entry)) {
    throw unusable('it is neither the name of a package nor a path: a path begins with ./ or /')
  }
  const packageJson = findInstalled(entry, folder)
  if (packageJson !== undefined) return { packageJson }
  throw unusable(
    `no such package is installed for ${folder}: npm install ${entry}, or write ./${entry} if a file is meant`,
  )
}

function existing(file: string): string {
  if (!isFile(file)) throw unusable(`${file} is no file: correct the path, which is relative to the working folder`)
  return realpathSync(file)
}

function unusable(message: string): EvalspanError {
  return new EvalspanError('BAD_HOOK', message)
}
