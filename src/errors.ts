/** What went wrong, in a form a program can switch on. */
export type ErrorCode =
  | 'BAD_DATASET' // samples, or the file that holds them, cannot be used
  | 'BAD_LOG' // a log, or a part of one, cannot be read
  | 'UNWRITABLE_LOG' // a log, or a part of one, cannot be written
  | 'BAD_SAMPLE' // a sample holds what no log can
  | 'BAD_OUTBOX' // what waits for its destination cannot be read
  | 'BAD_OPTION' // an option or an environment variable has an unusable value
  | 'BAD_SCORE' // a scorer gave what its metrics or reducers cannot use
  | 'BAD_HOOK' // something registered as a hook is none, or could not be loaded
  | 'MISSING_HOOK' // a required hook is not registered
  | 'MISSING_PACKAGE' // an optional package is needed and not installed

/** An error a user can act on: the message says what happened, where, and what to do. */
export class EvalspanError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EvalspanError'
    this.code = code
  }
}

/**
 * Thrown by a hook to end a sample because a limit is exceeded: the one error that passes through the emitter to
 * whoever runs the eval. Every other error of a hook is caught and reported.
 */
export class LimitExceededError extends Error {
  /** `token`, `message`, `time`, `working`, `turn`, `cost`, `operator` or `custom`, as in Inspect's logs. */
  readonly type: string
  readonly value: number | undefined
  readonly limit: number | undefined

  constructor(type: string, details: { message?: string; value?: number; limit?: number } = {}) {
    super(details.message ?? `limit exceeded: ${type}`)
    this.name = 'LimitExceededError'
    this.type = type
    this.value = details.value
    this.limit = details.limit
  }

  /** True for errors of this class, also of another copy of the package. */
  static is(error: unknown): error is LimitExceededError {
    return error instanceof Error && error.name === 'LimitExceededError'
  }
}

/** The message of anything that was thrown; never throws itself. */
export function messageOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return String(error)
    const { message, name } = error as { message?: unknown; name?: unknown }
    if (typeof message === 'string' && message !== '') return message
    if (typeof name === 'string' && name !== '') return name
    return Object.prototype.toString.call(error)
  } catch {
    return 'something that cannot be shown was thrown'
  }
}
