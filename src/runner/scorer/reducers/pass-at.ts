import type { Reducer } from '../metric.ts'
import { valueToFloat } from '../value-to-float.ts'
import type { ThresholdOptions } from './at-least.ts'
import { reduceValues } from './reduce-values.ts'

/** How probable it is that of `k` epochs at least one is right; NaN when fewer are scored: <https://arxiv.org/pdf/2107.03374>. */
export function passAt(k: number, { value = 1, toFloat = valueToFloat() }: ThresholdOptions = {}): Reducer {
  return {
    name: `pass_at_${k}`,
    reduce: (scores) =>
      reduceValues(scores, (values) => {
        const wrong = values.filter((each) => toFloat(each) < value).length
        return values.length < k ? Number.NaN : 1 - drawProbability(k, wrong, values.length)
      }),
  }
}

/** How probable it is that all of `k` epochs are right; NaN when fewer are scored: <https://arxiv.org/pdf/2406.12045>. */
export function passK(k: number, { value = 1, toFloat = valueToFloat() }: ThresholdOptions = {}): Reducer {
  return {
    name: `pass_k_${k}`,
    reduce: (scores) =>
      reduceValues(scores, (values) => {
        const right = values.filter((each) => toFloat(each) >= value).length
        return values.length < k ? Number.NaN : drawProbability(k, right, values.length)
      }),
  }
}

/** That `k` draws from `total`, without putting back, are all from `some` of them. */
function drawProbability(k: number, some: number, total: number): number {
  if (some < k) return 0
  let probability = 1
  for (let drawn = 0; drawn < k; drawn += 1) probability *= (some - drawn) / (total - drawn)
  return probability
}
