import type { SampleScore } from '../metric.ts'
import { valueToFloat } from '../value-to-float.ts'

/** The numbers that a metric counts with. */
export function toValues(scores: readonly SampleScore[], toFloat = valueToFloat()): number[] {
  return scores.map(({ score }) => toFloat(score.value))
}
