import type { Reducer } from '../metric.ts'
import { meanOf } from '../statistics.ts'
import { valueToFloat } from '../value-to-float.ts'
import { reduceValues } from './reduce-values.ts'

/** The mean of the epochs' values. */
export function meanScore(toFloat = valueToFloat()): Reducer {
  return { name: 'mean', reduce: (scores) => reduceValues(scores, (values) => meanOf(values.map(toFloat))) }
}
