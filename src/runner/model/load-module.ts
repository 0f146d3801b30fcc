import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EvalspanError, messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import { findInstalled } from '../../hooks/package-json.ts'

export type Module = { readonly [name: string]: unknown }

/**
 * Imports a package that is installed for a folder, from wherever this one is; undefined when it is not installed. Throws an
 * `EvalspanError` (`MISSING_PACKAGE`) when it is and cannot be loaded.
 */
export async function loadModule(packageName: string, folder: string): Promise<Module | undefined> {
  const packageJson = findInstalled(packageName, resolve(folder))
  if (packageJson === undefined) return undefined
  try {
    const file = (await importTarget(packageJson)) ?? createRequire(packageJson).resolve(dirname(packageJson))
    return (await import(pathToFileURL(file).href)) as Module
  } catch (error) {
    throw new EvalspanError(
      'MISSING_PACKAGE',
      `${packageName} cannot be loaded (${messageOf(error)}): npm install ${packageName}`,
      { cause: error },
    )
  }
}

/** What `exports` of a package.json has for `import`: Node resolves that only for the module that imports. */
async function importTarget(packageJson: string): Promise<string | undefined> {
  const { exports } = JSON.parse(await readFile(packageJson, 'utf8')) as { exports?: unknown }
  const target = targetOf(isObject(exports) && '.' in exports ? exports['.'] : exports)
  return target === undefined ? undefined : join(dirname(packageJson), target)
}

function targetOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry
  if (Array.isArray(entry)) return entry.map(targetOf).find((target) => target !== undefined)
  if (!isObject(entry)) return undefined
  // The first condition that holds counts, as it is written.
  return Object.entries(entry)
    .filter(([condition]) => condition === 'import' || condition === 'node' || condition === 'default')
    .map(([, inner]) => targetOf(inner))
    .find((target) => target !== undefined)
}
