import otlp from '../../exporters/otlp/index.ts'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import { MemoryStore } from '../../src/delivery/memory-store.ts'
import type { DeliveryReport } from '../../src/delivery/report.ts'

/** A delivery to the exporter as the variables have it. */
export async function openOtlp(
  options: DeliveryOptions = {},
): Promise<{ delivery: Delivery; lines: string[]; close: () => Promise<DeliveryReport> }> {
  const lines: string[] = []
  const report = (line: string): void => void lines.push(line)
  const store = new MemoryStore({ instanceId: 'store-1' })
  const output = { write: () => {}, interactive: false, color: false, columns: 80 }
  const { sinks, metricSinks } = await otlp.open({
    instanceId: store.instanceId,
    output,
    report,
    links: async () => [],
  })
  const delivery = new Delivery({ store, sinks, metricSinks, report, flushTimeoutMs: 1_500, lingerMs: 5, ...options })
  return { delivery, lines, close: () => delivery.close() }
}
