import { SpanKind, SpanStatusCode, TraceFlags, type HrTime as OtelTime, type SpanContext } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { compareTimes } from '../time.ts'
import type { HrTime, SpanBody } from './item.ts'
import { limitAttributes } from './limit-attributes.ts'
import type { SpanLimits } from './limits.ts'
import { scope } from './scope.ts'

const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT }

/** A finished span as OpenTelemetry's exporters and span processors take it. */
export function toReadableSpan(body: SpanBody, resource: Resource, limits: SpanLimits): ReadableSpan {
  const { traceId } = body
  const { valueLength } = limits
  const { attributes, dropped } = limitAttributes(body.attributes, { count: limits.attributes, valueLength })
  // As OpenTelemetry's own spans do it: attributes keep the first, events and links the latest.
  const events = limits.events === 0 ? [] : body.events.slice(-limits.events)
  const links = limits.links === 0 ? [] : body.links.slice(-limits.links)
  const context = contextOf(traceId, body.spanId)
  const start = representable(body.start)
  const end = representable(compareTimes(body.end, body.start) < 0 ? body.start : body.end)
  return {
    name: body.name.toWellFormed(),
    kind: kinds[body.kind],
    spanContext: () => context,
    ...(body.parentSpanId !== undefined && { parentSpanContext: contextOf(traceId, body.parentSpanId) }),
    startTime: start,
    endTime: end,
    duration: difference(end, start),
    ended: true,
    status: body.error
      ? { code: SpanStatusCode.ERROR, message: body.error.message.toWellFormed() }
      : { code: SpanStatusCode.UNSET },
    attributes,
    droppedAttributesCount: dropped,
    events: events.map((event) => {
      const limited = limitAttributes(event.attributes, { count: limits.eventAttributes, valueLength })
      return {
        name: event.name.toWellFormed(),
        time: representable(event.time),
        attributes: limited.attributes,
        droppedAttributesCount: limited.dropped,
      }
    }),
    droppedEventsCount: body.events.length - events.length,
    links: links.map((link) => {
      const limited = limitAttributes(link.attributes, { count: limits.linkAttributes, valueLength })
      return {
        context: contextOf(link.traceId, link.spanId),
        attributes: limited.attributes,
        droppedAttributesCount: limited.dropped,
      }
    }),
    droppedLinksCount: body.links.length - links.length,
    resource,
    instrumentationScope: scope,
  }
}

export function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
}

/** 2262-04-11, the last second that signed nanoseconds hold. */
const mostSeconds = 9_223_372_036

/** A copy within what OTLP and backends can hold: one time out of it would cost the whole batch, not its span alone. */
export function representable([seconds, nanoseconds]: HrTime): OtelTime {
  if (seconds < 0) return [0, 0]
  return seconds < mostSeconds ? [seconds, nanoseconds] : [mostSeconds, 0]
}

function difference(end: HrTime, start: HrTime): OtelTime {
  const nanoseconds = end[1] - start[1]
  return nanoseconds < 0 ? [end[0] - start[0] - 1, nanoseconds + 1e9] : [end[0] - start[0], nanoseconds]
}
