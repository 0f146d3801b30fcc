import { setTimeout as sleep } from 'node:timers/promises'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { ValueType } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/delivery/clock.ts'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { Instrument, Item, Measurement, Outcome } from '../../src/delivery/item.ts'
import type { MetricSink } from '../../src/delivery/metrics.ts'
import { ScriptedSink } from './scripted-sink.ts'
import { spanItem } from './items.ts'

const calls: Instrument = { name: 'eval.calls', type: 'counter', unit: '{call}', description: 'Calls' }
const active: Instrument = { name: 'eval.active', type: 'updowncounter', unit: '{sample}', description: '' }
const accuracy: Instrument = { name: 'eval.accuracy', type: 'gauge', unit: '1', description: '' }
const duration: Instrument = {
  name: 'eval.duration',
  type: 'histogram',
  unit: 's',
  description: '',
  boundaries: [1, 5],
}

function measured(instrument: Instrument, value: number, attributes = {}, seconds = 100): Measurement {
  return { instrument, value, attributes, time: [seconds, 0] }
}

let count = 0
function mark(...measurements: Measurement[]): Item {
  const item = spanItem(`mark ${count++}`, { measurements })
  return { ...item, kind: 'mark', body: null }
}

async function collect(delivery: Delivery): Promise<MetricData[]> {
  const { resourceMetrics } = await delivery.metrics.collect()
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
}

/** `name {attributes} value`, a line a series. */
async function render(delivery: Delivery): Promise<string[]> {
  return (await collect(delivery)).flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(
      ({ attributes, value }) => `${descriptor.name} ${JSON.stringify(attributes)} ${JSON.stringify(value)}`,
    ),
  )
}

class PushedMetrics implements MetricSink {
  readonly name = 'test/metrics'
  readonly pushes: ResourceMetrics[] = []
  readonly intervalMs: number
  closed = false
  answer: () => Promise<Outcome>

  constructor(answer: Outcome | (() => Promise<Outcome>) = { status: 'delivered' }, intervalMs = 60_000) {
    this.answer = typeof answer === 'function' ? answer : async () => answer
    this.intervalMs = intervalMs
  }

  enabled(): boolean {
    return true
  }

  destination(): string {
    return 'test/metrics:here'
  }

  send(metrics: ResourceMetrics): Promise<Outcome> {
    this.pushes.push(metrics)
    return this.answer()
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

function describedAs({ name, unit, description }: Instrument): object {
  return { descriptor: { name, unit, description, valueType: ValueType.DOUBLE } }
}

function deliveryTo(sink: PushedMetrics, options: DeliveryOptions = {}): Delivery {
  return new Delivery({ metricSinks: [sink], flushTimeoutMs: 300, lingerMs: 5, random: () => 0, ...options })
}

describe('the metrics of a delivery', () => {
  it('are cumulative, with the types of OpenTelemetry', async () => {
    let now = 1_000_500
    const clock: Clock = { now: () => now, after: () => () => {} }
    const delivery = new Delivery({ clock })
    await delivery.commit([
      mark(measured(calls, 2, { model: 'a' }), measured(active, 1), measured(accuracy, 0.5, {}, 200)),
      mark(measured(calls, 3, { model: 'a' }), measured(active, -2), measured(accuracy, 0.25, {}, 150)),
      mark(measured(duration, 1), measured(duration, 1.5), measured(duration, 60)),
    ])
    now = 1_002_250
    const { resourceMetrics, errors } = await delivery.metrics.collect()
    const times = { startTime: [1000, 500_000_000], endTime: [1002, 250_000_000] }
    const common = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
    expect(errors).toEqual([])
    expect(resourceMetrics.resource.attributes).toEqual({
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(resourceMetrics.scopeMetrics).toEqual([
      {
        scope: { name: 'evalspan', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
        metrics: [
          {
            ...common,
            ...describedAs(accuracy),
            dataPointType: DataPointType.GAUGE,
            dataPoints: [{ ...times, attributes: {}, value: 0.5 }],
          },
          {
            ...common,
            ...describedAs(active),
            dataPointType: DataPointType.SUM,
            isMonotonic: false,
            dataPoints: [{ ...times, attributes: {}, value: -1 }],
          },
          {
            ...common,
            ...describedAs(calls),
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: [{ ...times, attributes: { model: 'a' }, value: 5 }],
          },
          {
            ...common,
            ...describedAs(duration),
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: [
              {
                ...times,
                attributes: {},
                value: {
                  buckets: { boundaries: [1, 5], counts: [1, 1, 1] },
                  count: 3,
                  sum: 62.5,
                  min: 1,
                  max: 60,
                },
              },
            ],
          },
        ],
      },
    ])
    await delivery.close()
  })

  it('count an item once, however often it is committed', async () => {
    const delivery = new Delivery()
    const item = spanItem('a', { measurements: [measured(calls, 1)] })
    const changed = spanItem('a', { version: 2, rule: 'latest', measurements: [measured(calls, 1)] })
    await delivery.commit([item, item])
    await delivery.commit([item, changed])
    expect(await render(delivery)).toEqual(['eval.calls {} 1'])
    await delivery.close()
  })

  it('refuse what is no number or negative, and count it', async () => {
    const delivery = new Delivery()
    await delivery.commit([
      mark(...[Number.NaN, Infinity, -1, 2].map((value) => measured(calls, value))),
      mark(...[Number.NaN, -Infinity, -0.5, 2].map((value) => measured(duration, value))),
      mark(...[Number.NaN, -1].map((value) => measured(accuracy, value))),
      mark(measured({ ...calls, type: 'histogram' }, 1)),
    ])
    expect(await render(delivery)).toEqual([
      'eval.accuracy {} -1',
      'eval.calls {} 2',
      'eval.duration {} {"buckets":{"boundaries":[1,5],"counts":[0,1,0]},"count":1,"sum":2,"min":2,"max":2}',
      'evalspan.measurement.refused {"evalspan.metric.name":"eval.accuracy"} 1',
      'evalspan.measurement.refused {"evalspan.metric.name":"eval.calls"} 4',
      'evalspan.measurement.refused {"evalspan.metric.name":"eval.duration"} 3',
    ])
    await delivery.close()
  })

  it('do not mind the order of attributes, but their types', async () => {
    const delivery = new Delivery()
    await delivery.commit([
      mark(
        measured(calls, 1, { a: '1', b: 2 }),
        measured(calls, 1, { b: 2, a: '1' }),
        measured(calls, 1, { a: 1, b: 2 }),
      ),
    ])
    expect(await render(delivery)).toEqual(['eval.calls {"a":"1","b":2} 2', 'eval.calls {"a":1,"b":2} 1'])
    await delivery.close()
  })

  it('keep 2,000 series of an instrument; the rest is one more', async () => {
    const delivery = new Delivery()
    await delivery.commit([mark(...Array.from({ length: 2500 }, (_, index) => measured(calls, 1, { index })))])
    const [{ dataPoints } = { dataPoints: [] }] = await collect(delivery)
    expect(dataPoints).toHaveLength(2000)
    expect(dataPoints.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: 501 })
    await delivery.commit([mark(measured(calls, 1, { index: 5 }), measured(calls, 1, { index: 'new' }))])
    const [{ dataPoints: later } = { dataPoints: [] }] = await collect(delivery)
    const again = later.find(({ attributes }) => attributes['index'] === 5)
    expect([again!.value, later.at(-1)!.value]).toEqual([2, 502])
    await delivery.close()
  })

  it('plug into any reader of a host', async () => {
    const delivery = new Delivery()
    await delivery.commit([mark(measured(calls, 2), measured(duration, 3))])
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [delivery.metrics] })
    const provider = new MeterProvider({ readers: [reader] })
    await provider.forceFlush()
    const names = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name))
    expect(names).toEqual(['eval.calls', 'eval.duration'])
    await provider.shutdown()
    await delivery.close()
  })

  it('tell what became of the items', async () => {
    const delivery = new Delivery({ sinks: [new ScriptedSink({ status: 'delivered', rejected: 1 })] })
    await delivery.commit([spanItem('a'), spanItem('b')])
    await delivery.flush()
    const place = '"evalspan.sink":"test/spans","evalspan.destination":"test/spans:here"'
    expect(await render(delivery)).toEqual([
      `evalspan.delivery.produced {${place}} 2`,
      `evalspan.delivery.item {${place},"evalspan.item.outcome":"delivered"} 1`,
      `evalspan.delivery.item {${place},"evalspan.item.outcome":"waiting"} 0`,
      `evalspan.delivery.item {${place},"evalspan.item.outcome":"rejected","evalspan.item.reason":"the server gave no reason"} 1`,
    ])
    await delivery.close()
  })
})

describe('a metric sink', () => {
  it('gets everything once at the end, and the report counts its points', async () => {
    const sink = new PushedMetrics()
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1, { a: 1 }), measured(calls, 1, { a: 2 }), measured(duration, 1))])
    const { destinations } = await delivery.close()
    expect(sink.pushes).toHaveLength(1)
    expect(sink.closed).toBe(true)
    expect(destinations).toMatchObject([{ sink: 'test/metrics', produced: 3, delivered: 3, waiting: 0 }])
  })

  it('gets no request when nothing is measured', async () => {
    const sink = new PushedMetrics()
    await deliveryTo(sink).close()
    expect(sink.pushes).toHaveLength(0)
  })

  it('gets everything every interval', async () => {
    const sink = new PushedMetrics(undefined, 20)
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1))])
    await expect.poll(() => sink.pushes.length).toBeGreaterThan(2)
    await delivery.close()
  })

  it('gets another push after a failure, with what is measured by then', async () => {
    let tries = 0
    const sink = new PushedMetrics(async () =>
      tries++ < 2 ? { status: 'retry', reason: 'busy', afterMs: 20 } : { status: 'delivered' },
    )
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1))])
    await delivery.flush()
    expect(sink.pushes).toHaveLength(3)
    expect((await delivery.report()).destinations).toMatchObject([{ produced: 1, delivered: 1 }])
    await delivery.close()
  })

  it('that is down or hangs is given up after the timeout, and its last push counts as dropped', async () => {
    for (const answer of [
      async () => ({ status: 'retry', reason: 'down' }) as const,
      () => new Promise<never>(() => {}),
    ]) {
      const sink = new PushedMetrics(answer)
      const delivery = deliveryTo(sink)
      await delivery.commit([mark(measured(calls, 1))])
      const began = performance.now()
      const { destinations } = await delivery.close()
      expect(performance.now() - began).toBeLessThan(700)
      expect(destinations).toMatchObject([{ produced: 1, delivered: 0, waiting: 0, dropped: 1 }])
      expect(destinations[0]!.reasons[0]!.reason).toMatch(/^given up; last error: (down|no answer)$/)
    }
  })

  it('costs no second timeout when the trace backend is dead as well', async () => {
    const sink = new PushedMetrics({ status: 'retry', reason: 'down' })
    const dead = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo(sink, { sinks: [dead] })
    await delivery.commit([spanItem('a', { measurements: [measured(calls, 1)] })])
    const began = performance.now()
    await delivery.close()
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('hears in the end what became of the items', async () => {
    const sink = new PushedMetrics()
    const dead = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo(sink, { sinks: [dead] })
    await delivery.commit([spanItem('a')])
    await delivery.close()
    const metrics = sink.pushes.at(-1)!.scopeMetrics[0]!.metrics
    expect(
      metrics.map(({ descriptor, dataPoints }) => [descriptor.name, ...dataPoints.map(({ value }) => value)]),
    ).toEqual([
      ['evalspan.delivery.produced', 1],
      ['evalspan.delivery.item', 0, 1],
    ])
  })

  it('that takes no metrics is switched off with one line', async () => {
    const lines: string[] = []
    const sink = new PushedMetrics({ status: 'unsupported', reason: 'no metrics here' }, 20)
    const delivery = deliveryTo(sink, { report: (line) => lines.push(line) })
    await delivery.commit([mark(measured(calls, 1))])
    await sleep(100)
    const { destinations } = await delivery.close()
    expect([sink.pushes.length, destinations, lines]).toEqual([1, [], ['test/metrics: no metrics here']])
  })
})
