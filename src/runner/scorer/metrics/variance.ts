import { paramsOf } from '../../task/params.ts'
import type { Metric, ToFloatOptions } from '../metric.ts'
import { varianceOf } from '../statistics.ts'
import { toValues } from './to-values.ts'

/** The variance of all values, as of a sample; 0 for fewer than two. In logs it is `var`, which is no name here. */
export function variance(options: ToFloatOptions = {}): Metric {
  return { name: 'var', params: paramsOf(options), compute: (scores) => varianceOf(toValues(scores, options.toFloat)) }
}
