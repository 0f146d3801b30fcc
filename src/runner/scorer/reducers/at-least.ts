import type { Reducer } from '../metric.ts'
import { valueToFloat, type ValueToFloat } from '../value-to-float.ts'
import { countValues } from './count-values.ts'
import { reduceValues } from './reduce-values.ts'

export interface ThresholdOptions {
  /** The value from which on an epoch counts as right; 1 when left out. */
  readonly value?: number | undefined
  readonly toFloat?: ValueToFloat | undefined
}

/** 1 when at least `k` epochs are right, else 0. */
export function atLeast(k: number, { value = 1, toFloat = valueToFloat() }: ThresholdOptions = {}): Reducer {
  return {
    name: `at_least_${k}`,
    reduce: (scores) =>
      reduceValues(scores, (values) => {
        const right = countValues(values).filter(([each]) => toFloat(each) >= value)
        return right.reduce((sum, [, count]) => sum + count, 0) >= k ? 1 : 0
      }),
  }
}
