import { orAborted } from '../abortable.ts'
import { after } from '../timer.ts'
import type { CallFailure } from './model-api.ts'

/** An attempt at a call took too long. Named as in Inspect, and in its words. */
export class AttemptTimeoutError extends Error {
  override readonly name = 'AttemptTimeoutError'

  constructor(seconds: number) {
    super(`attempt_timeout '${seconds}' exceeded.`)
  }

  /** However a provider sees it, another attempt may be quicker. */
  get failure(): CallFailure {
    return { type: this.name, message: this.message, retryable: true, authentication: false }
  }
}

/** Makes an attempt at a call. After so many seconds its signal is aborted, and it rejects with an `AttemptTimeoutError`. */
export async function inTime<T>(
  seconds: unknown,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (typeof seconds !== 'number') return await orAborted(() => call(signal), signal)
  const timeout = new AbortController()
  const either = AbortSignal.any([signal, timeout.signal])
  const cancel = after(seconds * 1000, () => timeout.abort(new AttemptTimeoutError(seconds)))
  try {
    return await orAborted(() => call(either), either)
  } finally {
    cancel()
  }
}
