import { inspect } from 'node:util'
import { LimitExceededError, messageOf } from '../errors.ts'
import type { EvalError } from '../inspect/records.ts'
import { placeOf } from './sample/failure-place.ts'
import { hideKeys } from './model/hide-keys.ts'
import { representString } from './text/python-text.ts'

/** Something that was thrown, as a log has it: `TypeError('…')`, as Python shows an exception, without keys. */
export function evalError(thrown: unknown): EvalError {
  const place = placeOf(thrown)
  const traceback = hideKeys(`${stackOf(thrown)}${place === undefined ? '' : `\nin ${place}`}`)
  // Before it is quoted, which could make another text of a key.
  const message = hideKeys(thrown instanceof Error ? thrown.message : messageOf(thrown))
  // As Inspect shows it: of some classes the message alone.
  const shown =
    LimitExceededError.is(thrown) || classOf(thrown) === 'ToolError'
      ? message
      : `${classOf(thrown)}(${message === '' ? '' : representString(message)})`
  return { message: shown, traceback, traceback_ansi: traceback }
}

/** What was thrown, or an error in place of nothing: `throw undefined` is a failure, too. */
export function somethingThrown(thrown: unknown): unknown {
  return thrown ?? new Error('nothing was thrown')
}

/** How a sample ends whose task is over. */
export class CancelledError extends Error {
  constructor(message = '') {
    super(message)
    this.name = 'CancelledError'
  }
}

/** The name of the class of what was thrown. */
export function classOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Error'
  return /^[A-Za-z_]\w*$/.test(thrown.name) ? thrown.name : 'Error'
}

function stackOf(thrown: unknown, seen: ReadonlySet<unknown> = new Set()): string {
  if (thrown instanceof Error) {
    // An error can be the cause of itself.
    if (seen.has(thrown)) return messageOf(thrown)
    const cause = thrown.cause === undefined ? '' : `\ncaused by: ${stackOf(thrown.cause, new Set([...seen, thrown]))}`
    return `${typeof thrown.stack === 'string' ? thrown.stack : messageOf(thrown)}${cause}`
  }
  return inspect(thrown, { depth: 3 })
}
