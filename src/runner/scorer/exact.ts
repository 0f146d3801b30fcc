import { noResponse } from './no-response.ts'
import { CORRECT, INCORRECT } from './grades.ts'
import { mean } from './metrics/mean.ts'
import { stderr } from './metrics/stderr.ts'
import { normalizeAnswer } from './normalize-answer.ts'
import { scorer, type Scorer } from './scorer.ts'

/** Right when the completion is one of the targets, without regard to case, punctuation and articles. */
export function exact(): Scorer {
  return scorer('exact', { metrics: [mean(), stderr()] }, (state, target) => {
    const answer = state.output.completion
    const normalized = normalizeAnswer(answer)
    const isRight = normalized !== '' && target.values.some((value) => normalizeAnswer(value) === normalized)
    return { value: isRight ? CORRECT : INCORRECT, answer, ...noResponse(answer) }
  })
}
