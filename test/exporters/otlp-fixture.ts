import otlp from '../../exporters/otlp/index.ts'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { DeliveryReport } from '../../src/delivery/report.ts'

/** A delivery to the exporter as the variables have it. */
export async function openOtlp(
  options: DeliveryOptions = {},
): Promise<{ delivery: Delivery; lines: string[]; close: () => Promise<DeliveryReport> }> {
  const lines: string[] = []
  const report = (line: string): void => void lines.push(line)
  const output = { write: () => {}, interactive: false, color: false, columns: 80 }
  const { sinks, metricSinks } = await otlp.open({ output, report, links: async () => [], mask: (text) => text })
  const delivery = new Delivery({ sinks, metricSinks, report, flushTimeoutMs: 1_500, lingerMs: 5, ...options })
  return { delivery, lines, close: () => delivery.close() }
}
