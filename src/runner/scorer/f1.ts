import { paramsOf } from '../task/params.ts'
import { noResponse } from './no-response.ts'
import { mean } from './metrics/mean.ts'
import { stderr } from './metrics/stderr.ts'
import { normalizeAnswer } from './normalize-answer.ts'
import { roundTo } from './numbers/round.ts'
import { splitWords } from '../text/python-text.ts'
import { scorer, type Scorer } from './scorer.ts'

export interface F1Options {
  /** Takes the answer out of the completion; all of it is when left out. */
  readonly answerFn?: ((completion: string) => string) | undefined
  /** Words that do not count. */
  readonly stopWords?: readonly string[] | undefined
}

/** From 0 to 1: how many words the answer and the best target have in common, as the mean of precision and recall. */
export function f1(options: F1Options = {}): Scorer {
  const { answerFn, stopWords } = options
  return scorer('f1', { metrics: [mean(), stderr()], params: paramsOf(options) }, (state, target) => {
    const { completion } = state.output
    const answer = answerFn ? answerFn(completion) : completion
    const words = wordsOf(answer, stopWords)
    const values = target.values.map((value) => f1Of(words, wordsOf(value, stopWords)))
    return { value: roundTo(Math.max(0, ...values), 2), answer, ...noResponse(completion) }
  })
}

function wordsOf(text: string, stopWords: readonly string[] | undefined): string[] {
  return splitWords(normalizeAnswer(text, stopWords))
}

/** A target without words says nothing. */
function f1Of(answer: readonly string[], target: readonly string[]): number {
  if (answer.length === 0 || target.length === 0) return 0
  const left = Map.groupBy(target, (word) => word)
  const common = answer.filter((word) => left.get(word)?.pop() !== undefined).length
  return common === 0 ? 0 : (2 * common) / (answer.length + target.length)
}
