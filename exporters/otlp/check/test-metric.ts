import { ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { testSpan } from './test-span.ts'

/** What people see of `evalspan doctor` in a backend for metrics: a gauge. */
export function testMetric(): MetricData {
  const time = [...testSpan().end] as [number, number]
  return {
    descriptor: {
      name: 'evalspan.doctor',
      description: 'Sent by evalspan doctor to see what becomes of it',
      unit: '1',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.GAUGE,
    dataPoints: [{ startTime: time, endTime: time, attributes: {}, value: 1 }],
  }
}
