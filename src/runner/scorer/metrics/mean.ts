import { paramsOf } from '../../task/params.ts'
import type { Metric, ToFloatOptions } from '../metric.ts'
import { meanOf } from '../statistics.ts'
import { toValues } from './to-values.ts'

/** The mean of all values; 0 where there are none. */
export function mean(options: ToFloatOptions = {}): Metric {
  return {
    name: 'mean',
    params: paramsOf(options),
    compute(scores) {
      const values = toValues(scores, options.toFloat)
      return values.length === 0 ? 0 : meanOf(values)
    },
  }
}
