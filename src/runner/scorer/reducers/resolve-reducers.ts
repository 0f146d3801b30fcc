import { EvalspanError } from '../../../errors.ts'
import { toList } from '../../to-list.ts'
import type { Reducer } from '../metric.ts'
import { atLeast } from './at-least.ts'
import { majorityScore } from './majority-score.ts'
import { maxScore } from './max-score.ts'
import { meanScore } from './mean-score.ts'
import { medianScore } from './median-score.ts'
import { modeScore } from './mode-score.ts'
import { passAt, passK } from './pass-at.ts'

const plain: { readonly [name: string]: () => Reducer } = {
  mean: meanScore,
  median: medianScore,
  mode: modeScore,
  max: maxScore,
  majority: majorityScore,
}
const counting: { readonly [name: string]: (k: number) => Reducer } = {
  at_least: atLeast,
  pass_at: passAt,
  pass_k: passK,
}

/** The reducer of a name such as `mean` or `at_least_2`. */
export function parseReducer(name: string): Reducer {
  if (Object.hasOwn(plain, name)) return plain[name]!()
  const [, base, k] = /^(.*?)_(\d+)$/.exec(name) ?? []
  if (base !== undefined && Object.hasOwn(counting, base)) return counting[base]!(Number(k))
  const names = [...Object.keys(plain), ...Object.keys(counting).map((each) => `${each}_K`)].join(', ')
  throw new EvalspanError('BAD_OPTION', `there is no reducer '${name}'; take one of ${names}`)
}

export type ReducerSpec = string | Reducer

/** The reducers of an evaluation by name or as they are; an error for one that needs more epochs than there are. */
export function resolveReducers(reducers: ReducerSpec | readonly ReducerSpec[], epochs: number): Reducer[] {
  return toList(reducers).map((each) => {
    const reducer = typeof each === 'string' ? parseReducer(each) : each
    const k = Number(/^(?:at_least|pass_at|pass_k)_(\d+)$/.exec(reducer.name)?.[1] ?? 0)
    if (k <= epochs) return reducer
    throw new EvalspanError('BAD_OPTION', `reducer '${reducer.name}' needs ${k} epochs, and there are ${epochs}`)
  })
}
