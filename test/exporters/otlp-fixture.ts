import otlp from '../../exporters/otlp/index.ts'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { Item, LogBody } from '../../src/delivery/item.ts'
import { MemoryStore } from '../../src/delivery/memory-store.ts'
import type { DeliveryReport } from '../../src/delivery/report.ts'
import { spanItem } from '../delivery/items.ts'

/** Sets variables until it is disposed of. */
export function environment(variables: Record<string, string | undefined>): Disposable {
  const before = { ...process.env }
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  return {
    [Symbol.dispose]() {
      process.env = before
    },
  }
}

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

/** A span with a measurement, and a log record. */
export function oneOfEach(): Item[] {
  const span = spanItem('a', {
    body: { attributes: { text: 'ä', whole: 3, half: 0.5, yes: true, list: ['x', 'y'] } },
    measurements: [
      {
        instrument: { name: 'eval.calls', type: 'counter', unit: '{call}', description: 'Calls' },
        value: 2,
        attributes: { model: 'm' },
        time: [1_790_000_000, 0],
      },
      {
        instrument: { name: 'eval.duration', type: 'histogram', unit: 's', description: '', boundaries: [1, 5] },
        value: 3,
        attributes: {},
        time: [1_790_000_000, 0],
      },
    ],
  })
  const { traceId, spanId } = span.body
  const body: LogBody = {
    traceId,
    spanId,
    eventName: 'gen_ai.evaluation.result',
    time: [1_790_000_002, 7],
    severity: 'info',
    attributes: { 'gen_ai.evaluation.score.value': 0.5 },
  }
  return [span, { ...span, id: 'log', kind: 'log', body, measurements: undefined }]
}
