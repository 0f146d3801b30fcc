import { EvalspanError } from '../../errors.ts'
import type { Json, Score } from '../../inspect/records.ts'
import { fnmatch } from '../text/fnmatch.ts'
import type { Metric, MetricsByKey, SampleScore } from '../scorer/metric.ts'
import { isUnscored } from '../scorer/reducers/reduced-score.ts'

/** The metrics of each key, patterns made into the keys of the first score that is an object. */
export function expandKeys(metrics: MetricsByKey, scores: readonly SampleScore[]): MetricsByKey {
  const first = scores.map(({ score }) => objectOf(score)).find((value) => value !== undefined)
  if (!first) return metrics
  const expanded = new Map<string, Metric[]>()
  for (const [pattern, list] of Object.entries(metrics)) {
    const matching = fnmatch(pattern)
    for (const key of Object.keys(first).filter((each) => matching.test(each))) {
      const known = expanded.get(key) ?? []
      expanded.set(key, known)
      for (const metric of list) if (!known.some(({ name }) => name === metric.name)) known.push(metric)
    }
  }
  return Object.fromEntries(expanded)
}

/** The scores of one key. Those that are NaN as a whole count as unscored. */
export function scoresOfKey(key: string, scores: readonly SampleScore[], scorer: string): SampleScore[] {
  return scores.map((sample): SampleScore => {
    if (isUnscored(sample.score.value)) return sample
    const value = objectOf(sample.score)
    if (!value) {
      throw badScore(
        scorer,
        sample,
        'is no object, though it has metrics by key; give an object, or metrics without keys',
      )
    }
    if (!Object.hasOwn(value, key)) {
      throw badScore(scorer, sample, `has no '${key}', which there are metrics for; give it, or take the metrics out`)
    }
    return { ...sample, score: { ...sample.score, value: value[key] as Score['value'] } }
  })
}

function objectOf({ value }: Score): { readonly [key: string]: Json } | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  return value as { readonly [key: string]: Json }
}

function badScore(scorer: string, { sampleId }: SampleScore, problem: string): EvalspanError {
  return new EvalspanError('BAD_SCORE', `the score of scorer '${scorer}' for sample ${sampleId} ${problem}`)
}
