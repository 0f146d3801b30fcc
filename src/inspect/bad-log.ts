import { EvalspanError, messageOf } from '../errors.ts'
import { shownPath } from '../files/shown-path.ts'

/** The error of a log that cannot be read, or of the part of it that `where` names. */
export function badLog(path: string, where: string | undefined, cause: unknown): EvalspanError {
  if (cause instanceof EvalspanError) return cause
  const place = where === undefined ? shownPath(path) : `${shownPath(path)}: ${where}`
  return new EvalspanError('BAD_LOG', `${place}: ${messageOf(cause)}`, { cause })
}
