import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'

type Point = DataPoint<number> | DataPoint<Histogram>

/**
 * Makes deltas of cumulative metrics by taking off what the backend has acknowledged, so that a push which got lost is
 * in the next one. Counters and histograms only: of a gauge or an up-down counter backends want the present value.
 */
export class Deltas {
  readonly #acknowledged = new Map<string, Point>()

  /** What is new since the last acknowledgement. */
  since({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
    return {
      resource,
      scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map((metric) => this.#delta(metric)).filter(({ dataPoints }) => dataPoints.length > 0),
      })),
    }
  }

  /** To be called with the cumulative metrics whose deltas the backend took. */
  acknowledge({ scopeMetrics }: ResourceMetrics): void {
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      if (!isDelta(metric)) continue
      for (const point of metric.dataPoints) this.#acknowledged.set(keyOf(metric, point), point as Point)
    }
  }

  #delta(metric: MetricData): MetricData {
    if (!isDelta(metric)) return metric
    const aggregationTemporality = AggregationTemporality.DELTA
    if (metric.dataPointType === DataPointType.SUM) {
      const dataPoints = metric.dataPoints.flatMap((point) => {
        const before = this.#acknowledged.get(keyOf(metric, point)) as DataPoint<number> | undefined
        if (!before) return [point]
        const value = point.value - before.value
        return value === 0 ? [] : [{ ...point, startTime: before.endTime, value }]
      })
      return { ...metric, aggregationTemporality, dataPoints }
    }
    if (metric.dataPointType !== DataPointType.HISTOGRAM) return metric
    const dataPoints = metric.dataPoints.flatMap((point) => {
      const before = this.#acknowledged.get(keyOf(metric, point)) as DataPoint<Histogram> | undefined
      if (!before) return [point]
      const value = subtract(point.value, before.value)
      return value.count === 0 ? [] : [{ ...point, startTime: before.endTime, value }]
    })
    return { ...metric, aggregationTemporality, dataPoints }
  }
}

function isDelta(metric: MetricData): boolean {
  return (
    metric.dataPointType === DataPointType.HISTOGRAM ||
    (metric.dataPointType === DataPointType.SUM && metric.isMonotonic)
  )
}

/** Smallest and largest since are not known, and left out. */
function subtract(value: Histogram, before: Histogram): Histogram {
  const { boundaries, counts } = value.buckets
  return {
    buckets: { boundaries, counts: counts.map((count, index) => count - (before.buckets.counts[index] ?? 0)) },
    count: value.count - before.count,
    sum: (value.sum ?? 0) - (before.sum ?? 0),
  }
}

function keyOf(metric: MetricData, point: { readonly attributes: object }): string {
  return `${metric.descriptor.name} ${JSON.stringify(point.attributes)}`
}
