import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { EvalspanError } from '../errors.ts'
import { isObject } from './is-object.ts'
import { locateEntry, packageNamePattern } from './module-entry.ts'
import { findInstalled, isFile, readPackageJson, type PackageJson } from './package-json.ts'

/** A module that registers hooks when it is imported. */
export interface HooksModule {
  /** Without symbolic links, so that each module is one file. */
  readonly file: string
  /** Left out for a file that belongs to no package. */
  readonly packageName?: string | undefined
}

/** The module that a package.json declares as `"evalspan": { "hooks": "./registry.js" }`; undefined without one. */
export function declaredModule({ file, content }: PackageJson): HooksModule | undefined {
  const { evalspan, name } = content
  if (evalspan === undefined) return undefined
  if (!isObject(evalspan)) {
    throw unusable(`"evalspan" in ${file} has to be an object such as {"hooks": "./registry.js"}`)
  }
  const { hooks } = evalspan
  if (hooks === undefined) return undefined
  if (typeof hooks !== 'string' || hooks === '') {
    throw unusable(`"evalspan.hooks" in ${file} has to be the path of a module, such as "./registry.js"`)
  }
  const folder = dirname(file)
  const module = resolve(folder, hooks)
  const inside = relative(folder, module)
  if (isAbsolute(hooks) || isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw unusable(`"evalspan.hooks" in ${file} leads out of its package ('${hooks}'): name a file inside of it`)
  }
  if (!isFile(module)) {
    throw unusable(
      `${module}, which "evalspan.hooks" in ${file} names, is no file: build the package, or correct the path`,
    )
  }
  return { file: realpathSync(module), packageName: typeof name === 'string' && name !== '' ? name : undefined }
}

/** The module that a dependency of the project declares; undefined when it is not installed or declares none. */
export function dependencyModule(packageName: string, folder: string): HooksModule | undefined {
  if (!packageNamePattern.test(packageName)) throw unusable('it is no name of a package: correct the package.json')
  const found = findInstalled(packageName, folder)
  return found === undefined ? undefined : moduleOf(found, packageName)
}

/** The module that an entry of `EVALSPAN_PLUGINS` means: a file, or what a package declares. */
export function pluginModule(entry: string, folder: string): HooksModule {
  const located = locateEntry(entry, folder)
  if ('file' in located) return { file: located.file }
  const module = moduleOf(located.packageJson, entry)
  if (module) return module
  throw unusable(
    `${located.packageJson} declares no hooks: it needs "evalspan": {"hooks": "./registry.js"}, or name the file instead of the package`,
  )
}

function moduleOf(file: string, packageName: string): HooksModule | undefined {
  // By its real path, because its own imports are resolved from there.
  const module = declaredModule(readPackageJson(realpathSync(file)))
  return module && { ...module, packageName: module.packageName ?? packageName }
}

function unusable(message: string): EvalspanError {
  return new EvalspanError('BAD_HOOK', message)
}
