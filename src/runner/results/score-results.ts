import type { EvalMetric, EvalScore } from '../../inspect/records.ts'
import type { Metric, Metrics, MetricsByKey, SampleScore } from '../scorer/metric.ts'
import { isUnscored } from '../scorer/reducers/reduced-score.ts'
import { isList } from '../to-list.ts'
import { keyMetricValues, metricValues } from './metric-values.ts'
import { expandKeys, scoresOfKey } from './metrics-by-key.ts'

/** A score of the results, whose metrics are still in their order. */
export type ScoreResult = Omit<EvalScore, 'metrics'> & { readonly metrics: ReadonlyMap<string, EvalMetric> }

/** Whose scores these are. */
export interface ScoreSource {
  /** The scorer's name in this task. */
  readonly name: string
  readonly params: EvalScore['params']
  readonly metrics: Metrics
}

/** What the metrics of a scorer make of its scores: a result, and one more for each key that has metrics. */
export function scoreResults(source: ScoreSource, scores: readonly SampleScore[], reducer?: string): ScoreResult[] {
  const list = isList(source.metrics) ? source.metrics : [source.metrics]
  const byKey = list.filter((each): each is MetricsByKey => !isMetric(each))
  const results = byKey.flatMap((metrics) => keyResults(source, metrics, scores, reducer))
  if (!isList(source.metrics)) return results
  return [scoreResult(source, source.name, list.filter(isMetric), scores, metricValues, reducer), ...results]
}

/** Without any there is nothing to reduce epochs for. */
export function hasMetrics(metrics: Metrics): boolean {
  if (isList(metrics)) return metrics.some((each) => isMetric(each) || hasMetrics(each))
  return Object.values(metrics).some((list) => list.length > 0)
}

function keyResults(
  source: ScoreSource,
  metrics: MetricsByKey,
  scores: readonly SampleScore[],
  reducer: string | undefined,
): ScoreResult[] {
  return Object.entries(expandKeys(metrics, scores)).map(([key, list]) =>
    scoreResult(source, key, list, scoresOfKey(key, scores, source.name), keyMetricValues, reducer),
  )
}

function scoreResult(
  { name: scorer, params }: ScoreSource,
  name: string,
  metrics: readonly Metric[],
  scores: readonly SampleScore[],
  compute: typeof metricValues,
  reducer: string | undefined,
): ScoreResult {
  const scored = scores.filter(({ score }) => !isUnscored(score.value))
  return {
    name,
    scorer,
    ...(reducer === undefined ? {} : { reducer }),
    scored_samples: scored.length,
    unscored_samples: scores.length - scored.length,
    params,
    metrics: compute(metrics, scored),
  }
}

function isMetric(metric: Metric | MetricsByKey): metric is Metric {
  return typeof metric['compute'] === 'function'
}
