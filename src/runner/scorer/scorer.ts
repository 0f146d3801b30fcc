import type { Awaitable } from '../../hooks/awaitable.ts'
import type { Json, Score } from '../../inspect/records.ts'
import type { Target } from '../target.ts'
import type { TaskState } from '../task-state.ts'
import type { Metrics } from './metric.ts'

/** Judges what a sample came to; undefined leaves it unscored. */
export type ScoreFunction = (state: TaskState, target: Target) => Awaitable<Score | undefined>

export interface Scorer {
  readonly name: string
  /** What it was made with, for the log. */
  readonly params: { readonly [name: string]: Json }
  readonly metrics: Metrics
  readonly score: ScoreFunction
}

/** Makes a scorer of a function: `scorer('length', { metrics: [mean()] }, (state) => ({ value: … }))`. */
export function scorer(
  name: string,
  { metrics, params = {} }: { readonly metrics: Metrics; readonly params?: Scorer['params'] | undefined },
  score: ScoreFunction,
): Scorer {
  return { name, metrics, params, score }
}
