import type { DataPoint, MetricData } from '@opentelemetry/sdk-metrics'
import { fromMilliseconds } from '../time.ts'
import { otelMetrics } from './otel-metrics.ts'
import type { DestinationReport } from './report.ts'

type Point = Pick<DataPoint<number>, 'attributes' | 'value'>

/** The accounts of all destinations as metrics, so that a loss is seen where everything else is looked at. */
export async function deliveryMetrics(
  reports: readonly DestinationReport[],
  times: { readonly start: number; readonly end: number },
): Promise<MetricData[]> {
  const { AggregationTemporality, DataPointType, ValueType } = await otelMetrics()
  const startTime = [...fromMilliseconds(times.start)] as [number, number]
  const endTime = [...fromMilliseconds(times.end)] as [number, number]
  const metric = (name: string, description: string, isMonotonic: boolean, points: readonly Point[]): MetricData[] => {
    if (points.length === 0) return []
    const common = { descriptor: { name, description, unit: '{item}', valueType: ValueType.DOUBLE } }
    const aggregationTemporality = AggregationTemporality.CUMULATIVE
    const dataPoints = points.map((point) => ({ ...point, startTime, endTime }))
    return [{ ...common, aggregationTemporality, dataPointType: DataPointType.SUM, isMonotonic, dataPoints }]
  }
  const used = reports.filter(({ produced }) => produced > 0)
  return [
    ...metric(
      'evalspan.delivery.produced',
      'Items that were produced for a destination',
      true,
      used.map((report) => ({ attributes: placeOf(report), value: report.produced })),
    ),
    ...metric(
      'evalspan.delivery.item',
      'What became of the items that were produced for a destination',
      false,
      used.flatMap((report) => outcomePoints(report)),
    ),
    ...metric(
      'evalspan.delivery.draft',
      'Spans that have begun and whose end is not known yet',
      false,
      used.filter(({ drafts }) => drafts > 0).map((report) => ({ attributes: placeOf(report), value: report.drafts })),
    ),
    ...metric(
      'evalspan.delivery.superseded',
      'Items that came again with other content and were not sent again',
      false,
      used
        .filter(({ superseded }) => superseded > 0)
        .map((report) => ({ attributes: placeOf(report), value: report.superseded })),
    ),
  ]
}

/** Delivered and waiting items by themselves, the others by reason. */
function outcomePoints(report: DestinationReport): Point[] {
  const point = (outcome: string, value: number, reason?: string): Point => ({
    attributes: {
      ...placeOf(report),
      'evalspan.item.outcome': outcome,
      ...(reason === undefined ? {} : { 'evalspan.item.reason': reason }),
    },
    value,
  })
  return [
    point('delivered', report.delivered),
    point('waiting', report.waiting),
    ...report.reasons.map(({ outcome, reason, count }) => point(outcome, count, reason)),
  ]
}

function placeOf({ sink, destination }: DestinationReport): { readonly [name: string]: string } {
  return { 'evalspan.sink': sink, 'evalspan.destination': destination }
}
