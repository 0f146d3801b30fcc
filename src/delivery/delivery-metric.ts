import type { MetricData } from '@opentelemetry/sdk-metrics'
import { fromMilliseconds } from '../time.ts'
import { otelMetrics } from './otel-metrics.ts'
import type { DestinationReport } from './report.ts'

const outcomes = ['delivered', 'waiting', 'rejected', 'dropped'] as const

/** The accounts of all destinations as a metric, so that a loss is seen where everything else is looked at. */
export async function deliveryMetric(
  reports: readonly DestinationReport[],
  times: { readonly start: number; readonly end: number },
): Promise<MetricData | undefined> {
  const startTime = [...fromMilliseconds(times.start)] as [number, number]
  const endTime = [...fromMilliseconds(times.end)] as [number, number]
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
  const { AggregationTemporality, DataPointType, ValueType } = await otelMetrics()
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
