import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
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
  /** Takes secrets out of what a server says. */
  readonly mask?: ((text: string) => string) | undefined
}

export const defaultTimeoutMs = 60_000

const statuses: ReadonlySet<unknown> = new Set<Outcome['status']>([
  'delivered',
  'retry',
  'blocked',
  'rejected',
  'too-large',
  'unsupported',
])

/** What `suppressTracing` of `@opentelemetry/core` gives, which takes its time to load. */
const untraced = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)

/** One try at a backend that ends in an outcome whatever the sink does: throw, hang, or ignore the signal. */
export async function attempt(
  send: (signal: AbortSignal) => Promise<Outcome>,
  { clock, controller, timeoutMs = defaultTimeoutMs, hold, mask = (text) => text }: AttemptOptions,
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
    // A program may trace its HTTP client: what delivers spans makes none, and belongs to no sample.
    const sent = context.with(untraced, () => send(signal))
    const outcome = await Promise.race([aborted, sent])
    if (statuses.has(outcome?.status)) {
      return outcome.reason === undefined ? outcome : { ...outcome, reason: mask(outcome.reason) }
    }
    return { status: 'retry', reason: `the sink gave an outcome that is none: ${shown(outcome)}` }
  } catch (error) {
    return { status: 'retry', reason: mask(messageOf(signal.aborted ? signal.reason : error)) }
  } finally {
    cancel()
  }
}

function shown(outcome: unknown): string {
  const status = (outcome as { readonly status?: unknown } | undefined)?.status
  return typeof status === 'string' ? status : String(outcome)
}
