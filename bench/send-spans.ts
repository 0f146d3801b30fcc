/** Sends spans as quickly as may be: `send-spans.ts sdk|outbox COUNT`, to `OTEL_EXPORTER_OTLP_ENDPOINT`. */
import { hash } from 'node:crypto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { SpanBody } from '../src/delivery/item.ts'
import { spanLimits } from '../src/delivery/limits.ts'
import { toReadableSpan } from '../src/delivery/readable-span.ts'
import { openDelivery } from '../src/session/open-delivery.ts'
import { finishItem } from '../src/telemetry/finish.ts'
import { spanItem } from '../src/telemetry/mapped.ts'

const [, , mode, total] = process.argv
const count = Number(total)
const batch = 1_000
const spansPerTrace = 30

function body(index: number): SpanBody {
  const traceId = hash('sha256', `trace ${Math.floor(index / spansPerTrace)}`, 'hex').slice(0, 32)
  return {
    traceId,
    spanId: hash('sha256', `span ${index}`, 'hex').slice(0, 16),
    name: 'chat gpt-4o',
    kind: 'client',
    start: [1_790_000_000 + index, 5_000],
    end: [1_790_000_001 + index, 250_000],
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': index % 5_000,
      'gen_ai.usage.output_tokens': index % 700,
      'gen_ai.response.id': `response-${index}`,
      'test.suite.name': 'bench',
      'test.case.id': String(Math.floor(index / spansPerTrace)),
    },
    events: [],
    links: [],
  }
}

function bodies(from: number): SpanBody[] {
  return Array.from({ length: Math.min(batch, count - from) }, (_, index) => body(from + index))
}

async function sendWithSdk(): Promise<void> {
  const exporter = new OTLPTraceExporter()
  const resource = defaultResource()
  const limits = spanLimits()
  const send = (spans: ReadableSpan[]): Promise<void> =>
    new Promise((resolve, reject) => {
      exporter.export(spans, ({ error }) => (error ? reject(error) : resolve()))
    })
  for (let from = 0; from < count; from += batch) {
    await send(bodies(from).map((each) => toReadableSpan(each, resource, limits)))
  }
  await exporter.shutdown()
}

async function sendThroughOutbox(): Promise<void> {
  const output = { write: () => {}, interactive: false, color: false, columns: 80 }
  const open = await openDelivery({ patient: true, output, report: (line) => console.error(line) })
  for (let from = 0; from < count; from += batch) {
    await open.delivery.commit(bodies(from).map((each) => finishItem(spanItem(each), undefined)))
    await open.delivery.room()
  }
  const { destinations } = await open.close()
  const left = destinations.filter(({ produced, delivered }) => produced !== delivered)
  if (left.length > 0) throw new Error(`not delivered: ${JSON.stringify(left)}`)
}

await (mode === 'sdk' ? sendWithSdk() : sendThroughOutbox())
