import type { Reducer } from '../metric.ts'
import { medianOf } from '../statistics.ts'
import { valueToFloat } from '../value-to-float.ts'
import { reduceValues } from './reduce-values.ts'

/** The median of the epochs' values. */
export function medianScore(toFloat = valueToFloat()): Reducer {
  return { name: 'median', reduce: (scores) => reduceValues(scores, (values) => medianOf(values.map(toFloat))) }
}
