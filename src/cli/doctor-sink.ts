import { messageOf } from '../errors.ts'
import type { MetricSink, Sink } from '../exporter.ts'
import type { Masker } from '../masking/masker.ts'
import { maskFinding } from './doctor-masker.ts'
import type { Finding, SinkReport } from './doctor-report.ts'

export type AnySink = Pick<Sink | MetricSink, 'name' | 'address' | 'check' | 'close' | 'enabled'>

/** When the signal ends the checks, they have this long to tell how far they came. */
const graceMs = 500

/** Has a sink check itself. Never rejects, and ends soon after the signal whatever the sink does. */
export async function checkSink(sink: AnySink, masker: Masker, signal: AbortSignal): Promise<SinkReport> {
  const { name, address } = sink
  const checks = await Promise.race([whenAborted(signal), checksOf(sink, signal)])
  return {
    name,
    address: address && masker.text(address),
    checks: checks.map((finding) => maskFinding(finding, masker)),
  }
}

async function checksOf(sink: AnySink, signal: AbortSignal): Promise<readonly Finding[]> {
  if (!sink.check) return [{ what: 'checks', ok: undefined, detail: 'it has none' }]
  try {
    return await sink.check(signal)
  } catch (error) {
    return [{ what: 'checks', ok: false, detail: messageOf(error) }]
  }
}

async function whenAborted(signal: AbortSignal): Promise<readonly Finding[]> {
  await new Promise<void>((resolve) => {
    const end = (): void => void setTimeout(resolve, graceMs)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return [{ what: 'checks', ok: false, detail: 'they did not end' }]
}
