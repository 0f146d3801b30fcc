import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import { ValueType } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/delivery/clock.ts'
import { Delivery } from '../../src/delivery/delivery.ts'
import type { Instrument } from '../../src/delivery/item.ts'
import { spanItem } from './items.ts'
import { accuracy, active, calls, duration, mark, measured } from './measurements.ts'
import { ScriptedSink } from './scripted-sink.ts'

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

function describedAs({ name, unit, description }: Instrument): object {
  return { descriptor: { name, unit, description, valueType: ValueType.DOUBLE } }
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
