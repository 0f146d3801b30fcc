import type { Awaitable } from '../../hooks/awaitable.ts'
import { isObject } from '../../hooks/is-object.ts'
import { EvalspanError } from '../../errors.ts'
import type { Json, Score } from '../../inspect/records.ts'
import type { Target } from '../target.ts'
import type { TaskState } from '../sample/task-state.ts'
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

export interface ScorerOptions {
  readonly metrics: Metrics
  /** What it was made with, for the log. */
  readonly params?: Scorer['params'] | undefined
}

/**
 * Makes a scorer of a function: `scorer('length', { metrics: [mean()] }, (state) => ({ value: … }))`. Throws a `BAD_OPTION`
 * error where one of the three is not what it should be.
 */
export function scorer(name: string, options: ScorerOptions, score: ScoreFunction): Scorer {
  const shown = typeof name === 'string' && name !== '' ? name : 'without a name'
  const wrong = (advice: string): EvalspanError => new EvalspanError('BAD_OPTION', `scorer ${shown}: ${advice}`)
  if (shown !== name) throw wrong('give it one first: scorer(name, { metrics }, score)')
  if (!isObject(options) || typeof options.metrics !== 'object' || options.metrics === null) {
    throw wrong('give its metrics second: { metrics: [mean()] }')
  }
  if (typeof score !== 'function') throw wrong('give third the function that scores: (state, target) => ({ value })')
  const { metrics, params = {} } = options
  return { name, metrics, params, score }
}
