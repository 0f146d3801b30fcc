import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from './finding.ts'
import type { JaegerQuery } from '../links/jaeger.ts'

/** How long a trace may take until it can be read. */
export const readBackMs = 3_000
const betweenMs = 200

/** Whether a trace that was sent has arrived, where the backend can be asked. */
export async function readBack(
  jaeger: JaegerQuery | undefined,
  traceId: string,
  signal: AbortSignal,
): Promise<Finding> {
  if (!jaeger) return { ok: undefined, detail: 'this backend cannot be asked' }
  const began = performance.now()
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asking again is the point
    const count = await jaeger.countSpans(traceId, readBackMs, signal)
    const elapsed = performance.now() - began
    if (count === undefined) return { ok: undefined, detail: `${jaeger.base} does not say` }
    if (count > 0) return { ok: true, detail: `from ${jaeger.base} after ${(elapsed / 1000).toFixed(1)} s` }
    if (elapsed > readBackMs) {
      return {
        ok: false,
        detail: `${jaeger.base} does not have the trace after ${readBackMs / 1000} s`,
        advice: 'look again later; if it stays away, something on the way samples, drops or sends it elsewhere',
      }
    }
    // oxlint-disable-next-line no-await-in-loop
    await sleep(betweenMs, undefined, { signal })
  }
}
