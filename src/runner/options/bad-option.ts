import { EvalspanError } from '../../errors.ts'

/** The error for what a user gave that cannot be used; the message says what, where, and what to give instead. */
export function badOption(message: string, cause?: unknown): EvalspanError {
  return new EvalspanError('BAD_OPTION', message, { cause })
}
