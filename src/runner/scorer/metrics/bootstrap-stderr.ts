import { paramsOf } from '../../task/params.ts'
import type { Metric, ToFloatOptions } from '../metric.ts'
import { meanOf, squaredDeviation } from '../statistics.ts'
import { toValues } from './to-values.ts'

export interface BootstrapStderrOptions extends ToFloatOptions {
  /** How many times to draw; 1,000 when left out. */
  readonly numSamples?: number | undefined
}

/** The standard error of the mean, found by drawing at random; so it is a little different each time. */
export function bootstrapStderr(options: BootstrapStderrOptions = {}): Metric {
  const { numSamples = 1000, toFloat } = options
  return {
    name: 'bootstrap_stderr',
    params: paramsOf(options),
    compute(scores) {
      const values = toValues(scores, toFloat)
      if (values.length === 0) return 0
      const means = Array.from({ length: numSamples }, () => meanOf(draw(values)))
      return Math.sqrt(squaredDeviation(means) / means.length)
    },
  }
}

/** As many values as there are, each drawn from all of them. */
function draw(values: readonly number[]): number[] {
  return values.map(() => values[Math.floor(Math.random() * values.length)]!)
}
