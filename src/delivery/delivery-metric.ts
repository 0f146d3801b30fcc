import { ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { toHrTime } from './hr-time.ts'
import type { DestinationReport } from './report.ts'

const outcomes = ['delivered', 'waiting', 'rejected', 'dropped'] as const

/** The accounts of all destinations as a metric, so that a loss is seen where everything else is looked at. */
export function deliveryMetric(
  reports: readonly DestinationReport[],
  times: { readonly start: number; readonly end: number },
): MetricData | undefined {
  const startTime = toHrTime(times.start)
  const endTime = toHrTime(times.end)
  const dataPoints = reports
    .filter(({ produced }) => produced > 0)
    .flatMap((report) =>
      outcomes.map((outcome) => ({
        startTime,
        endTime,
        attributes: { 'evalspan.sink': report.sink, 'evalspan.item.outcome': outcome },
        value: report[outcome],
      })),
    )
  if (dataPoints.length === 0) return undefined
  return {
    descriptor: {
      name: 'evalspan.delivery.item',
      description: 'What became of the items that were produced for a destination',
      unit: '{item}',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.SUM,
    isMonotonic: false,
    dataPoints,
  }
}
