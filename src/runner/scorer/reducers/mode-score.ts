import type { Reducer } from '../metric.ts'
import { mostCommon } from './count-values.ts'
import { reduceValues } from './reduce-values.ts'

/** The value that most epochs have; of several the first. */
export function modeScore(): Reducer {
  return { name: 'mode', reduce: (scores) => reduceValues(scores, (values) => mostCommon(values)[0]) }
}
