import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EvalspanError, messageOf } from './errors.ts'
import { isObject } from './hooks/is-object.ts'
import { knownKeys } from './hooks/known-keys.ts'
import { locateEntry, moduleEntries } from './hooks/module-entry.ts'
import { readPackageJson } from './hooks/package-json.ts'
import { Masker, type Mask } from './masking/masker.ts'

export interface OpenMaskerOptions {
  /** What relative paths and packages are looked for from; the working folder when left out. */
  readonly cwd?: string | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly report?: ((message: string) => void) | undefined
}

/**
 * The masker of this process's environment and of the keys it has come to know, with the modules of `EVALSPAN_MASK`. Throws an `EvalspanError` (`BAD_OPTION`) when
 * one of them cannot be used: nothing must leave without the mask that was asked for.
 */
export function openMasker({ cwd = process.cwd(), env = process.env, report }: OpenMaskerOptions = {}): Masker {
  const masks = moduleEntries(env['EVALSPAN_MASK']).map((name) => ({ name, mask: loadMask(name, cwd) }))
  return new Masker({ env, keys: knownKeys(), masks, report })
}

// Required instead of imported, because hooks for a host's own provider are made at once or not at all.
const require = createRequire(import.meta.url)

function loadMask(entry: string, folder: string): Mask {
  let loaded: unknown
  try {
    const located = locateEntry(entry, folder)
    loaded = require('file' in located ? located.file : mainModule(located.packageJson))
  } catch (error) {
    throw unusable(entry, reasonOf(error), error)
  }
  const mask = typeof loaded === 'function' ? loaded : isObject(loaded) ? loaded['default'] : undefined
  if (typeof mask !== 'function') throw unusable(entry, 'its default export is no function (value, context) => string')
  return mask as Mask
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return code === 'ERR_REQUIRE_ASYNC_MODULE' ? 'it awaits at its top level, which a mask must not' : messageOf(error)
}

const conditions = ['node', 'import', 'module-sync', 'require', 'default']

/** The file that importing the package means. */
function mainModule(packageJson: string): string {
  const { exports, main } = readPackageJson(packageJson).content
  const entry = exportedFile(exports) ?? (typeof main === 'string' ? main : 'index.js')
  return require.resolve(join(dirname(packageJson), entry))
}

function exportedFile(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) return exportedFile(target[0])
  if (!isObject(target)) return undefined
  if ('.' in target) return exportedFile(target['.'])
  const condition = Object.keys(target).find((key) => conditions.includes(key))
  return condition === undefined ? undefined : exportedFile(target[condition])
}

function unusable(entry: string, reason: string, cause?: unknown): EvalspanError {
  return new EvalspanError('BAD_OPTION', `EVALSPAN_MASK: '${entry}' cannot be used: ${reason}`, { cause })
}
