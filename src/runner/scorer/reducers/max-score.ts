import type { Reducer } from '../metric.ts'
import { valueToFloat } from '../value-to-float.ts'
import { reduceValues } from './reduce-values.ts'

/** The greatest of the epochs' values, as it is. */
export function maxScore(toFloat = valueToFloat()): Reducer {
  return {
    name: 'max',
    reduce: (scores) =>
      reduceValues(scores, (values) => {
        const greatest = values.reduce((most, next) => (toFloat(next) > toFloat(most) ? next : most))
        return greatest as boolean | number | string
      }),
  }
}
