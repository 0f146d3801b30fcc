import { messageOf } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { Outcome } from './item.ts'

export interface AttemptOptions {
  readonly clock: Clock
  /** Ends the attempt when it aborts, and is aborted when the time is up. Made for this attempt alone. */
  readonly controller: AbortController
  readonly timeoutMs?: number | undefined
  /** Keep the process alive until it ends. */
  readonly hold?: boolean | undefined
}

export const defaultTimeoutMs = 60_000

/** One try at a backend that ends in an outcome whatever the sink does: throw, hang, or ignore the signal. */
export async function attempt(
  send: (signal: AbortSignal) => Promise<Outcome>,
  { clock, controller, timeoutMs = defaultTimeoutMs, hold }: AttemptOptions,
): Promise<Outcome> {
  const { signal } = controller
  const expire = (): void => controller.abort(new Error(`no answer within ${timeoutMs / 1000} s`))
  const cancel = clock.after(timeoutMs, expire, hold)
  const aborted = new Promise<Outcome>((resolve) => {
    const end = (): void => resolve({ status: 'retry', reason: messageOf(signal.reason) })
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  try {
    return await Promise.race([aborted, send(signal)])
  } catch (error) {
    return { status: 'retry', reason: messageOf(signal.aborted ? signal.reason : error) }
  } finally {
    cancel()
  }
}
