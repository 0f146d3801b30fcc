import type { EvalMetric } from '../../inspect/records.ts'
import { placed } from '../sample/failure-place.ts'
import type { Metric, MetricValue, SampleScore } from '../scorer/metric.ts'
import { uniqueKey } from './unique-key.ts'

type MetricEntry = readonly [key: string, metric: EvalMetric]

/** The values of metrics over plain scores, by keys that are all different: `mean`, `mean2`. */
export function metricValues(metrics: readonly Metric[], scores: readonly SampleScore[]): Map<string, EvalMetric> {
  const values = new Map<string, EvalMetric>()
  for (const metric of metrics) {
    const { name: group, params } = metric
    const key = uniqueKey(group, values)
    const value = computeMetric(metric, scores)
    if (typeof value === 'number') {
      values.set(key, { name: group, value, params })
      continue
    }
    const isList = Array.isArray(value)
    for (const [name, each] of entriesOf(value, 1)) {
      if (each === null) continue
      values.set(uniqueKey(isList ? `${key}-${name}` : name, values), { name, group, value: each, params })
    }
  }
  return values
}

/** The values of metrics over one key of scores that are objects. Of metrics with one name the last one stays. */
export function keyMetricValues(metrics: readonly Metric[], scores: readonly SampleScore[]): Map<string, EvalMetric> {
  return new Map(
    metrics.flatMap((metric): MetricEntry[] => {
      const { name: group, params } = metric
      const value = computeMetric(metric, scores)
      if (typeof value === 'number') return [[group, { name: group, value, params }]]
      return entriesOf(value, 0).flatMap(([name, each]): MetricEntry[] =>
        each === null ? [] : [[`${group}_${name}`, { name, group, value: each, params }]],
      )
    }),
  )
}

/** Of a list the places, counted from `from`. */
function entriesOf(value: Exclude<MetricValue, number>, from: number): [name: string, value: number | null][] {
  if (value instanceof Map) return [...value]
  if (!Array.isArray(value)) return Object.entries(value)
  return value.map((each: number | null, index) => [String(index + from), each])
}

/** Without scores a metric that has names for its values still tells them; all others are NaN then. */
function computeMetric(metric: Metric, scores: readonly SampleScore[]): MetricValue {
  if (scores.length > 0) {
    try {
      return metric.compute(scores)
    } catch (error) {
      throw placed(error, `metric ${metric.name}`)
    }
  }
  try {
    const value = metric.compute([])
    const isNamed = typeof value === 'object' && !Array.isArray(value)
    return isNamed && entriesOf(value, 0).length > 0 ? value : Number.NaN
  } catch {
    return Number.NaN
  }
}
