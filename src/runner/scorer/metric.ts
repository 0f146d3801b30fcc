import type { Json, Score } from '../../inspect/records.ts'
import { paramsOf } from '../task/params.ts'
import { expectMaker } from './expect-maker.ts'
import type { ValueToFloat } from './value-to-float.ts'

/** What one sample got, all its epochs reduced to one. */
export interface SampleScore {
  readonly sampleId: string | number
  readonly score: Score
  readonly sampleMetadata?: { readonly [key: string]: Json } | undefined
}

/** Makes one number, a list of them, or several with names, of the scores of all samples; null is left out. */
export interface Metric {
  readonly name: string
  /** What it was made with, for the log. */
  readonly params: { readonly [name: string]: Json }
  readonly compute: (scores: readonly SampleScore[]) => MetricValue
}

/**
 * Makes a metric of a function: `metric('share', { threshold: 0.5 }, (scores) => …)`. The parameters are for the log, where
 * they have Inspect's names (`top_k` for `topK`). Throws a `BAD_OPTION` error where one of the three is not what it should be.
 */
export function metric(name: string, params: object, compute: Metric['compute']): Metric {
  expectMaker('metric', name, params, compute)
  return { name, params: paramsOf(params), compute }
}

export type MetricValue =
  | number
  | readonly (number | null)[]
  | { readonly [name: string]: number | null }
  // Keeps the order of names that look like numbers.
  | ReadonlyMap<string, number | null>

/** For scores that are objects: the metrics of each key. A key may be a pattern; `*` stands for all. */
export type MetricsByKey = { readonly [key: string]: readonly Metric[] }

/** Of all values alike, or by key, or both. */
export type Metrics = readonly (Metric | MetricsByKey)[] | MetricsByKey

export interface ToFloatOptions {
  /** Makes numbers of the scores' values; `valueToFloat()` when left out. */
  readonly toFloat?: ValueToFloat | undefined
}

/** Makes one score of those of all epochs. */
export interface Reducer {
  /** As Inspect writes it: `mean`, `at_least_2`, `pass_at_5`. */
  readonly name: string
  readonly reduce: (scores: readonly Score[]) => Score
}
