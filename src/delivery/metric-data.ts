import type { MetricData } from '@opentelemetry/sdk-metrics'
import { fromMilliseconds } from '../time.ts'
import { boundariesOf } from './distribution.ts'
import { otelMetrics, type OtelMetrics } from './otel-metrics.ts'
import type { SeriesRow } from './store.ts'

/** Cumulative series as OpenTelemetry has them, at a time in milliseconds since 1970. */
export async function toMetricData(rows: readonly SeriesRow[], now: number): Promise<MetricData[]> {
  const otel = await otelMetrics()
  const families = Map.groupBy(rows, ({ instrument }) => instrument.name)
  return Array.from(families.values(), (series) => toMetric(series, now, otel))
}

function toMetric(
  rows: readonly SeriesRow[],
  now: number,
  { AggregationTemporality, DataPointType, ValueType }: OtelMetrics,
): MetricData {
  const { name, description, unit, type, boundaries: advised } = rows[0]!.instrument
  const common = {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  const endTime = [...fromMilliseconds(now)] as [number, number]
  const points = rows.map(({ attributes, start, data }) => {
    const startTime = [...fromMilliseconds(start)] as [number, number]
    return { startTime, endTime, attributes: { ...attributes }, data }
  })
  const numbers = points.map(({ data, ...point }) => ({ ...point, value: data.number ?? 0 }))
  switch (type) {
    case 'counter':
    case 'updowncounter':
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: type === 'counter', dataPoints: numbers }
    case 'gauge':
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers }
    case 'histogram': {
      const boundaries = boundariesOf(advised)
      const dataPoints = points.map(({ data, ...point }) => {
        const { counts, count, sum, min, max } = data.distribution!
        return { ...point, value: { buckets: { boundaries, counts }, count, sum, min, max } }
      })
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints }
    }
    default:
      throw new Error(`unknown type of instrument: ${String(type satisfies never)}`)
  }
}
