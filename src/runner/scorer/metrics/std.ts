import { paramsOf } from '../../task/params.ts'
import type { Metric, ToFloatOptions } from '../metric.ts'
import { varianceOf } from '../statistics.ts'
import { toValues } from './to-values.ts'

/** The standard deviation of all values, as of a sample; 0 for fewer than two. */
export function std(options: ToFloatOptions = {}): Metric {
  return {
    name: 'std',
    params: paramsOf(options),
    compute: (scores) => Math.sqrt(varianceOf(toValues(scores, options.toFloat))),
  }
}
