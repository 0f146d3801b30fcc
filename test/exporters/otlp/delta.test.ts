import { ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import type { ObjectState } from '../../../src/exporter.ts'
import { HttpReceiver } from '../../receiver/http-receiver.ts'
import { openSinks } from './open-sinks.ts'

interface Series {
  /** Seconds. */
  readonly start?: number
  readonly end: number
  readonly calls: number
  readonly durations: readonly [count: number, sum: number, counts: readonly number[]]
}

/** The same three series at different times, as the store has them: cumulative. */
function metrics({ start = 100, end, calls, durations: [count, sum, counts] }: Series): ResourceMetrics {
  const times = {
    startTime: [start, 0] as [number, number],
    endTime: [end, 0] as [number, number],
    attributes: { a: 1 },
  }
  const common = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const named = (name: string) => ({ name, description: '', unit: '1', valueType: ValueType.DOUBLE })
  const buckets = { boundaries: [1], counts: [...counts] }
  const all: MetricData[] = [
    {
      ...common,
      descriptor: named('calls'),
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: [{ ...times, value: calls }],
    },
    {
      ...common,
      descriptor: named('active'),
      dataPointType: DataPointType.SUM,
      isMonotonic: false,
      dataPoints: [{ ...times, value: calls }],
    },
    {
      ...common,
      descriptor: named('duration'),
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [{ ...times, value: { buckets, count, sum } }],
    },
  ]
  return { resource: resourceFromAttributes({}), scopeMetrics: [{ scope: { name: 'test' }, metrics: all }] }
}

/** Another process each time, with what the one before left in the outbox. */
async function push(receiver: HttpReceiver, series: Series, state: ObjectState = {}): Promise<ObjectState> {
  await using sinks = await openSinks({
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics`,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
  })
  const outcome = await sinks.metrics.send(metrics(series), { signal: new AbortController().signal, state })
  const next = outcome.status === 'delivered' ? outcome.state : undefined
  return next ? (JSON.parse(JSON.stringify(next)) as ObjectState) : state
}

/** What was taken, a line for each series, and none for a push that was not needed. */
function taken(receiver: HttpReceiver): string[] {
  return receiver.parts('metrics').map((metric) => {
    const { name, sum, histogram } = metric as { name: string; [kind: string]: unknown }
    const { dataPoints } = (sum ?? histogram) as { dataPoints: Record<string, unknown>[] }
    const [point] = dataPoints as [Record<string, unknown>]
    const since = Number(point['startTimeUnixNano']) / 1e9
    const value = point['asDouble'] ?? [point['count'], point['bucketCounts'], point['sum']]
    return `${name} since ${since}: ${JSON.stringify(value)}`
  })
}

describe('metrics as deltas', () => {
  it('go on from process to process, with what the backend has', async () => {
    await using receiver = await HttpReceiver.start()
    let state = await push(receiver, { end: 200, calls: 2, durations: [1, 3, [0, 1]] })
    state = await push(receiver, { end: 300, calls: 5, durations: [3, 3.5, [2, 1]] }, state)
    expect(taken(receiver)).toEqual([
      'calls since 100: 2',
      'active since 100: 2',
      'duration since 100: ["1",["0","1"],3]',
      'calls since 200: 3',
      'active since 100: 5',
      'duration since 200: ["2",["2","0"],0.5]',
    ])
  })

  it('leave out what another process pushed in the meantime', async () => {
    await using receiver = await HttpReceiver.start()
    const later = await push(receiver, { end: 300, calls: 5, durations: [3, 3.5, [2, 1]] })
    const state = await push(receiver, { end: 200, calls: 2, durations: [1, 3, [0, 1]] }, later)
    await push(receiver, { end: 400, calls: 6, durations: [3, 3.5, [2, 1]] }, state)
    expect(taken(receiver).filter((line) => !line.startsWith('active'))).toEqual([
      'calls since 100: 5',
      'duration since 100: ["3",["2","1"],3.5]',
      'calls since 300: 1',
    ])
  })

  it('begin anew with a series that did', async () => {
    await using receiver = await HttpReceiver.start()
    const state = await push(receiver, { end: 200, calls: 9, durations: [1, 3, [0, 1]] })
    await push(receiver, { start: 250, end: 300, calls: 3, durations: [1, 2, [0, 1]] }, state)
    expect(taken(receiver).slice(3)).toEqual([
      'calls since 250: 3',
      'active since 250: 3',
      'duration since 250: ["1",["0","1"],2]',
    ])
  })

  it('are sent again, whole, when nobody knows that they came', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answers = [{ status: 503 }]
    const state = await push(receiver, { end: 200, calls: 2, durations: [1, 3, [0, 1]] })
    await push(receiver, { end: 300, calls: 5, durations: [1, 3, [0, 1]] }, state)
    expect(taken(receiver)[0]).toBe('calls since 100: 5')
  })
})
