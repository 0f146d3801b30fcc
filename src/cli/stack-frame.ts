import { dirname, isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where evalspan's own code is: `src`, or `dist`. */
const ownFolder = dirname(import.meta.dirname) + sep

/** The first frame of a traceback that is of a user's own code, as seen from `cwd`: `at solve (arithmetic.eval.ts:7:9)`. */
export function ownFrame(traceback: string, cwd: string): string | undefined {
  for (const [, name, file, position] of traceback.matchAll(/^ +at (?:(.+) \()?(?:async )?([^()]+?)(:\d+:\d+)\)?$/gm)) {
    const path = pathOf(file!)
    if (path === undefined || /[\\/]node_modules[\\/]/.test(path) || path.startsWith(ownFolder)) continue
    const seen = relative(cwd, path)
    const shown = `${seen.startsWith('..') ? path : seen}${position}`
    return name === undefined ? `at ${shown}` : `at ${name} (${shown})`
  }
  return undefined
}

function pathOf(file: string): string | undefined {
  if (!file.startsWith('file:')) return isAbsolute(file) ? file : undefined
  try {
    return fileURLToPath(file)
  } catch {
    // Of another host, for example.
    return undefined
  }
}
