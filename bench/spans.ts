/** What a span costs from event to bytes, against OpenTelemetry's SDK making and encoding the same spans. */
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { emptyResource } from '@opentelemetry/resources'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Item, SpanBody } from '../src/delivery/item.ts'
import { spanLimits } from '../src/delivery/limits.ts'
import { toReadableSpan } from '../src/delivery/readable-span.ts'
import type { HookEvent } from '../src/hooks/hooks.ts'
import { replay } from '../src/sources/replay.ts'
import { Mapping } from '../src/telemetry/mapping.ts'
import { telemetrySettings } from '../src/telemetry/settings.ts'
import { measure } from './measure.ts'
import { withLog } from './with-log.ts'

const batch = 500
const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT }

await withLog({ megabytes: 20, samples: 50, events: 400 }, async (path, about) => {
  const events = await Array.fromAsync(replay([path], { onProblem: (error) => console.error(error.message) }))
  const spans = spansOf(mapAll(events))
  const attributes = spans.reduce((sum, span) => sum + Object.keys(span.attributes).length, 0) / spans.length
  await measure(
    `${spans.length} spans with ${attributes.toFixed(1)} attributes each, of ${about}`,
    { name: 'SDK: tracer, in memory, protobuf', run: () => encodeAll(makeWithSdk(spans)) },
    [
      { name: 'evalspan: spans to protobuf', run: () => encodeAll(readable(spans)) },
      { name: 'evalspan: events to protobuf', run: () => encodeAll(readable(spansOf(mapAll(events)))) },
    ],
    { unit: 'ms', rounds: 9, warmup: 2 },
  )
})

/** The same names, times, parents and attributes through the public API of the SDK. */
function makeWithSdk(spans: readonly SpanBody[]): ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('evalspan')
  for (const { traceId, parentSpanId, name, kind, start, end, attributes, links, ...rest } of spans) {
    const parent =
      parentSpanId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(context.active(), { traceId, spanId: parentSpanId, traceFlags: 1, isRemote: true })
    const options = {
      kind: kinds[kind],
      startTime: [...start] as [number, number],
      attributes: { ...attributes },
      links: links.map((link) => ({
        context: { traceId: link.traceId, spanId: link.spanId, traceFlags: 1 },
        attributes: { ...link.attributes },
      })),
    }
    const span = tracer.startSpan(name, options, parent)
    for (const event of rest.events) {
      span.addEvent(event.name, { ...event.attributes }, [...event.time])
    }
    if (rest.error !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: rest.error.message })
    }
    span.end([...end])
  }
  return exporter.getFinishedSpans()
}

function mapAll(events: readonly HookEvent[]): Item[] {
  const mapping = new Mapping(telemetrySettings())
  return events.flatMap((event) => mapping.map(event).items)
}

function spansOf(items: readonly Item[]): SpanBody[] {
  return items.flatMap((item) => (item.kind === 'span' ? [item.body] : []))
}

function readable(spans: readonly SpanBody[]): ReadableSpan[] {
  const resource = emptyResource()
  const limits = spanLimits()
  return spans.map((span) => toReadableSpan(span, resource, limits))
}

function encodeAll(spans: ReadableSpan[]): void {
  for (let index = 0; index < spans.length; index += batch) {
    ProtobufTraceSerializer.serializeRequest(spans.slice(index, index + batch))
  }
}
