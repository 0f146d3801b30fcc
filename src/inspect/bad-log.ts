import { EvalspanError, messageOf } from '../errors.ts'
import { shownPath } from '../files/shown-path.ts'

/** The error of a log that cannot be read, or of the part of it that `where` names. */
export function badLog(path: string, where: string | undefined, cause: unknown): EvalspanError {
  if (cause instanceof EvalspanError) return cause
  const place = where === undefined ? shownPath(path) : `${shownPath(path)}: ${shortened(where, 200)}`
  return new EvalspanError('BAD_LOG', `${place}: ${shortened(reasonOf(cause), 800)}`, { cause })
}

/** Names may be as long as somebody likes; both of their ends tell something. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(-most / 2)}`
}

/** Much of what follows records into their depth calls itself again for each level, until the stack is used up. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof RangeError) || !/call stack/.test(cause.message)) return messageOf(cause)
  return 'is nested deeper than can be followed, which Inspect never writes; restore the log as it was written'
}
