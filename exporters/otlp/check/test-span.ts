import { randomBytes } from 'node:crypto'
import type { SpanBody } from '../../../src/exporter.ts'

/** What people see of `evalspan doctor` in their backend: a trace of one span. */
export function testSpan(): SpanBody {
  const end = Date.now()
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'evalspan doctor',
    kind: 'internal',
    start: toTime(end - 1),
    end: toTime(end),
    attributes: {},
    events: [],
    links: [],
  }
}

function toTime(milliseconds: number): SpanBody['end'] {
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6]
}
