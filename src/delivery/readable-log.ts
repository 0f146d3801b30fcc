import { SeverityNumber } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { LogBody } from './item.ts'
import { limitAttributes } from './limit-attributes.ts'
import type { LogLimits } from './limits.ts'
import { contextOf, representable } from './readable-span.ts'
import { scope } from './scope.ts'

const severities = {
  info: { severityNumber: SeverityNumber.INFO, severityText: 'INFO' },
  warn: { severityNumber: SeverityNumber.WARN, severityText: 'WARN' },
}

/**
 * A log record as OpenTelemetry's exporters take it. It counts as observed when it happened, so that a replay gives the
 * same record as the run itself.
 */
export function toReadableLogRecord(body: LogBody, resource: Resource, limits: LogLimits): ReadableLogRecord {
  const { attributes, dropped } = limitAttributes(body.attributes, {
    count: limits.attributes,
    valueLength: limits.valueLength,
  })
  return {
    hrTime: representable(body.time),
    hrTimeObserved: representable(body.time),
    spanContext: contextOf(body.traceId, body.spanId),
    ...severities[body.severity],
    eventName: body.eventName,
    resource,
    instrumentationScope: scope,
    attributes,
    droppedAttributesCount: dropped,
  }
}
