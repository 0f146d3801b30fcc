import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EvalspanError } from '../errors.ts'

/** The folder of this package, both when run from source and from `dist`. */
export function packageFolder(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) {
      throw new EvalspanError('MISSING_PACKAGE', `no package.json above ${import.meta.dirname}: install evalspan again`)
    }
    folder = above
  }
  return folder
}

/** As in `package.json`. */
export function packageVersion(): string {
  const content = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }
  return content.version
}
