import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EvalspanError } from '../errors.ts'
import { isObject } from './is-object.ts'
import { lineOf } from './report.ts'

/** A package.json as it was found: where, and what is in it. */
export interface PackageJson {
  readonly file: string
  readonly content: { readonly [field: string]: unknown }
}

/** The package.json of the folder, or of the nearest one above that has one. */
export function findProject(folder: string): string | undefined {
  return above(folder)
    .map((candidate) => join(candidate, 'package.json'))
    .find(isFile)
}

/**
 * The package.json of an installed package, seen from a folder: as Node searches, by path, so that it is found also when
 * the package does not export it.
 */
export function findInstalled(packageName: string, folder: string): string | undefined {
  return above(folder)
    .filter((candidate) => basename(candidate) !== 'node_modules')
    .map((candidate) => join(candidate, 'node_modules', packageName, 'package.json'))
    .find(isFile)
}

/** Throws an `EvalspanError` that says what is wrong with the file. */
export function readPackageJson(file: string): PackageJson {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new EvalspanError('BAD_HOOK', `${file} cannot be read as JSON (${lineOf(error)}): correct the file`, {
      cause: error,
    })
  }
  if (!isObject(content)) {
    throw new EvalspanError('BAD_HOOK', `${file} does not hold a JSON object: correct the file`)
  }
  return { file, content }
}

export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function above(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...above(parent)]
}
