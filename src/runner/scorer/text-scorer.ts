import type { Metrics } from './metric.ts'
import { paramsOf } from '../task/params.ts'
import { noResponse } from './no-response.ts'
import { CORRECT, INCORRECT } from './grades.ts'
import { accuracy } from './metrics/accuracy.ts'
import { stderr } from './metrics/stderr.ts'
import { scorer, type Scorer } from './scorer.ts'

/** Finds the answer in a completion, and tells whether it is the one that is wanted. */
export type MatchText = (completion: string, target: string) => { readonly answer: string; readonly matches: boolean }

/** A scorer for which a completion is right when one of the targets matches. */
export function textScorer(name: string, options: object, match: MatchText): Scorer {
  return scorer(name, { metrics: accuracyMetrics(), params: paramsOf(options) }, (state, target) => {
    const { completion } = state.output
    let answer: string | undefined
    for (const value of target) {
      const found = match(completion, value)
      answer = found.answer
      if (found.matches) return { value: CORRECT, answer, explanation: completion, ...noResponse(completion) }
    }
    return { value: INCORRECT, answer, explanation: completion, ...noResponse(completion) }
  })
}

/** Of scorers that give grades. */
export function accuracyMetrics(): Metrics {
  return [accuracy(), stderr()]
}
