import { resolve } from 'node:path'
import { EvalspanError } from './errors.ts'
import { localPath, schemeOf } from './files/paths.ts'
import { shownPath } from './files/shown-path.ts'

/** Where logs are written: what is given, else `INSPECT_LOG_DIR`, else `./logs`. Throws a `BAD_OPTION` error for a bucket. */
export function logFolder(given: string | undefined, cwd: string = process.cwd()): string {
  const folder = given ?? (process.env['INSPECT_LOG_DIR'] || './logs')
  if (schemeOf(folder) !== undefined) {
    const name = given === undefined ? 'INSPECT_LOG_DIR' : 'logDir'
    const advice = 'logs are written to folders on the disk; copy them from there'
    throw new EvalspanError('BAD_OPTION', `${name}: ${shownPath(folder)}: ${advice}`)
  }
  return resolve(cwd, localPath(folder))
}
