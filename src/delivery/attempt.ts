import { messageOf } from '../errors.ts'
import type { Clock } from './clock.ts'
import type { Outcome } from './item.ts'

const defaultTimeoutMs = 60_000

/** One try at a backend that ends in an outcome whatever the sink does: throw, hang, or ignore the signal. */
export async function attempt(
  send: (signal: AbortSignal) => Promise<Outcome>,
  options: {
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly timeoutMs?: number | undefined
    /** Keep the process alive until it ends. */
    readonly hold?: boolean
  },
): Promise<Outcome> {
  const { clock, signal, timeoutMs = defaultTimeoutMs, hold } = options
  const hung = new AbortController()
  const cancel = clock.after(timeoutMs, () => hung.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), hold)
  const ended = AbortSignal.any([signal, hung.signal])
  try {
    return await Promise.race([send(ended), whenAborted(ended)])
  } catch (error) {
    return { status: 'retry', reason: messageOf(ended.aborted ? ended.reason : error) }
  } finally {
    cancel()
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  throw signal.reason
}
