import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { describe, expect, it } from 'vitest'
import { logLimits, spanLimits, type SpanLimits } from '../../src/delivery/limits.ts'
import { toReadableLogRecord } from '../../src/delivery/readable-log.ts'
import { toReadableSpan } from '../../src/delivery/readable-span.ts'
import { scope } from '../../src/delivery/scope.ts'
import type { SpanBody } from '../../src/delivery/item.ts'
import { spanItem } from './items.ts'

const resource = resourceFromAttributes({ 'service.name': 'test' })
const limits = spanLimits({})
const traceId = 'a'.repeat(32)

function body(options: Partial<SpanBody> = {}): SpanBody {
  return { ...spanItem('a').body, traceId, spanId: 'b'.repeat(16), ...options }
}

function event(name: string): SpanBody['events'][number] {
  return { name, time: [1, 2], attributes: { one: 1, two: 2 } }
}

describe('a readable span', () => {
  it('has no time that OTLP cannot hold', () => {
    const early = body({ start: [-28_495_929_600, 5], end: [-1, 0], events: [{ ...event('a'), time: [-1, 5] }] })
    const late = body({ start: [253_402_300_799, 5], end: [253_402_300_800, 0] })
    const times = [early, late].map((each) => {
      const { startTime, endTime, duration, events } = toReadableSpan(each, resource, limits)
      return [startTime, endTime, duration, ...events.map(({ time }) => time)]
    })
    expect(times).toEqual([
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [
        [9_223_372_036, 0],
        [9_223_372_036, 0],
        [0, 0],
      ],
    ])
  })

  it('is what the item says', () => {
    const { spanContext, ...span } = toReadableSpan(
      body({
        parentSpanId: 'c'.repeat(16),
        kind: 'client',
        start: [10, 900_000_000],
        end: [12, 100_000_000],
        error: { message: 'boom' },
        events: [event('seen')],
        links: [{ traceId: 'd'.repeat(32), spanId: 'e'.repeat(16), attributes: { 'eval.link.type': 'task' } }],
      }),
      resource,
      limits,
    )
    expect(spanContext()).toEqual({ traceId, spanId: 'b'.repeat(16), traceFlags: 1 })
    expect(span).toEqual({
      name: 'span a',
      kind: SpanKind.CLIENT,
      parentSpanContext: { traceId, spanId: 'c'.repeat(16), traceFlags: 1 },
      startTime: [10, 900_000_000],
      endTime: [12, 100_000_000],
      duration: [1, 200_000_000],
      ended: true,
      status: { code: SpanStatusCode.ERROR, message: 'boom' },
      attributes: { 'test.id': 'a', 'test.version': 1 },
      droppedAttributesCount: 0,
      events: [{ name: 'seen', time: [1, 2], attributes: { one: 1, two: 2 }, droppedAttributesCount: 0 }],
      droppedEventsCount: 0,
      links: [
        {
          context: { traceId: 'd'.repeat(32), spanId: 'e'.repeat(16), traceFlags: 1 },
          attributes: { 'eval.link.type': 'task' },
          droppedAttributesCount: 0,
        },
      ],
      droppedLinksCount: 0,
      resource,
      instrumentationScope: scope,
    })
  })

  it('has no end before its start, and no status unless it failed', () => {
    const span = toReadableSpan(body({ start: [10, 5], end: [10, 4] }), resource, limits)
    expect([span.endTime, span.duration, span.status]).toEqual([[10, 5], [0, 0], { code: SpanStatusCode.UNSET }])
  })

  it('keeps the first attributes and the last events and links, and counts the rest', () => {
    const few: SpanLimits = {
      attributes: 2,
      valueLength: 3,
      events: 1,
      links: 0,
      eventAttributes: 1,
      linkAttributes: 0,
    }
    const span = toReadableSpan(
      body({
        attributes: { first: 'abcdef', second: ['abcdef', 'x'], third: 1 },
        events: [event('one'), event('two')],
        links: [{ traceId, spanId: 'e'.repeat(16), attributes: {} }],
      }),
      resource,
      few,
    )
    expect(span).toMatchObject({
      attributes: { first: 'abc', second: ['abc', 'x'] },
      droppedAttributesCount: 1,
      events: [{ name: 'two', attributes: { one: 1 }, droppedAttributesCount: 1 }],
      droppedEventsCount: 1,
      links: [],
      droppedLinksCount: 1,
    })
  })

  it('leaves out numbers that are none, writes out those too large for 64 bits, and mends broken text', () => {
    const { attributes, droppedAttributesCount } = toReadableSpan(
      body({
        attributes: { nan: Number.NaN, list: [1, Infinity], large: 1e300, fine: -0.5, text: 'a\ud800b', no: false },
      }),
      resource,
      limits,
    )
    expect(attributes).toEqual({ large: '1e+300', fine: -0.5, text: 'a\ufffdb', no: false })
    expect(droppedAttributesCount).toBe(2)
  })
})

describe('a readable log record', () => {
  it('is what the item says, observed when it happened', () => {
    const log = toReadableLogRecord(
      {
        traceId,
        spanId: 'b'.repeat(16),
        eventName: 'gen_ai.evaluation.result',
        time: [5, 6],
        severity: 'warn',
        attributes: { score: 0.5 },
      },
      resource,
      logLimits({}),
    )
    expect(log).toEqual({
      hrTime: [5, 6],
      hrTimeObserved: [5, 6],
      spanContext: { traceId, spanId: 'b'.repeat(16), traceFlags: 1 },
      severityNumber: 13,
      severityText: 'WARN',
      eventName: 'gen_ai.evaluation.result',
      resource,
      instrumentationScope: scope,
      attributes: { score: 0.5 },
      droppedAttributesCount: 0,
    })
  })
})

describe('the limits', () => {
  it('are the standard ones, a general one standing in for each that is not set', () => {
    expect(
      spanLimits({
        OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
        OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '3',
        OTEL_SPAN_EVENT_COUNT_LIMIT: '0',
      }),
    ).toEqual({ attributes: 7, valueLength: Infinity, events: 0, links: 128, eventAttributes: 7, linkAttributes: 3 })
    expect(logLimits({ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100' })).toEqual({ attributes: 128, valueLength: 100 })
  })

  it.each(['-1', 'many', '1.5'])('cannot be %j', (value) => {
    expect(() => spanLimits({ OTEL_SPAN_LINK_COUNT_LIMIT: value })).toThrow(/^OTEL_SPAN_LINK_COUNT_LIMIT is /)
  })
})
