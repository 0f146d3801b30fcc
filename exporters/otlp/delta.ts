import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { HrTime, ObjectState } from '../../src/exporter.ts'

type Point = DataPoint<number> | DataPoint<Histogram>

/** What a backend has of a series: its value then, and when that was. */
interface Acknowledged {
  /** When the series began: of one that began anew the backend has nothing. */
  readonly start: HrTime
  readonly end: HrTime
  readonly value: number | { readonly counts: readonly number[]; readonly count: number; readonly sum: number }
}

/** The store keeps series for a shorter time than this when nothing is added to them. */
const longSeconds = 90 * 86_400

/**
 * Makes deltas of cumulative metrics by taking off what the backend has acknowledged, so that a push which got lost is
 * in the next one. Counters and histograms only: of a gauge or an up-down counter backends want the present value.
 */
export class Deltas {
  readonly #acknowledged = new Map<string, Acknowledged>()

  /** Takes over what the backend has by the outbox, in which other processes leave word as well. */
  load({ acknowledged = {} }: ObjectState): void {
    for (const [key, stored] of Object.entries(acknowledged as { readonly [key: string]: Acknowledged })) {
      const own = this.#acknowledged.get(key)
      if (!own || isLater(stored.end, own.end)) this.#acknowledged.set(key, stored)
    }
  }

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
  acknowledge(metrics: ResourceMetrics): void {
    for (const [metric, point] of deltaPoints(metrics)) {
      const before = this.#before(metric, point)
      if (before && sizeOf(point) < sizeOf(before)) continue
      const { startTime: start, endTime: end, value } = point
      this.#acknowledged.set(keyOf(metric, point), { start, end, value: plain(value) })
    }
  }

  /** What the backend has, but for series that nobody has had for long: another process may have other ones. */
  state(): ObjectState {
    const latest = Math.max(...Array.from(this.#acknowledged.values(), ({ end }) => end[0]))
    for (const [key, { end }] of this.#acknowledged) {
      if (end[0] < latest - longSeconds) this.#acknowledged.delete(key)
    }
    return { acknowledged: Object.fromEntries(this.#acknowledged) }
  }

  #delta(metric: MetricData): MetricData {
    if (!isDelta(metric)) return metric
    const dataPoints = (metric.dataPoints as Point[]).flatMap((point) => {
      const before = this.#before(metric, point)
      if (!before) return [point]
      // Another process may have pushed what came after this was collected.
      if (sizeOf(point) <= sizeOf(before)) return []
      return [{ ...point, startTime: [...before.end], value: subtract(point.value, before.value) }]
    })
    return { ...metric, aggregationTemporality: AggregationTemporality.DELTA, dataPoints } as MetricData
  }

  #before(metric: MetricData, point: Point): Acknowledged | undefined {
    const before = this.#acknowledged.get(keyOf(metric, point))
    return before && !isLater(point.startTime, before.start) ? before : undefined
  }
}

function deltaPoints({ scopeMetrics }: ResourceMetrics): (readonly [MetricData, Point])[] {
  const metrics = scopeMetrics.flatMap((scope) => scope.metrics).filter((metric) => isDelta(metric))
  return metrics.flatMap((metric) => (metric.dataPoints as Point[]).map((point) => [metric, point] as const))
}

function isDelta(metric: MetricData): boolean {
  return (
    metric.dataPointType === DataPointType.HISTOGRAM ||
    (metric.dataPointType === DataPointType.SUM && metric.isMonotonic)
  )
}

/** Of what only grows: the sum of a counter, how many values a histogram has. */
function sizeOf({ value }: Point | Acknowledged): number {
  return typeof value === 'number' ? value : value.count
}

function plain(value: number | Histogram): Acknowledged['value'] {
  if (typeof value === 'number') return value
  return { counts: value.buckets.counts, count: value.count, sum: value.sum ?? 0 }
}

/** Smallest and largest since are not known, and left out. */
function subtract(value: number | Histogram, before: Acknowledged['value']): number | Histogram {
  if (typeof value === 'number') return value - (before as number)
  const { counts, count, sum } = before as Exclude<Acknowledged['value'], number>
  return {
    buckets: {
      boundaries: value.buckets.boundaries,
      counts: value.buckets.counts.map((each, index) => each - (counts[index] ?? 0)),
    },
    count: value.count - count,
    sum: (value.sum ?? 0) - sum,
  }
}

function isLater(time: HrTime, than: HrTime): boolean {
  return time[0] > than[0] || (time[0] === than[0] && time[1] > than[1])
}

function keyOf(metric: MetricData, point: { readonly attributes: object }): string {
  return `${metric.descriptor.name} ${JSON.stringify(point.attributes)}`
}
