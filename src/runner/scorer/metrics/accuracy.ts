import type { Metric, ToFloatOptions } from '../metric.ts'
import { mean } from './mean.ts'

/** The share of correct answers, partial ones counting a half: the mean under another name. */
export function accuracy(options: ToFloatOptions = {}): Metric {
  return { ...mean(options), name: 'accuracy' }
}
