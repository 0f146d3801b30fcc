import type { LogBody } from '../../../src/exporter.ts'
import { testSpan } from './test-span.ts'

/** What people see of `evalspan doctor` in a backend for logs. */
export function testRecord(): LogBody {
  const { traceId, spanId, end } = testSpan()
  return { traceId, spanId, eventName: 'evalspan.doctor', time: end, severity: 'info', attributes: {} }
}
