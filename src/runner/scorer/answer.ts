import { EvalspanError } from '../../errors.ts'
import { paramsOf } from '../task/params.ts'
import { patternScore } from './pattern.ts'
import { scorer, type Scorer } from './scorer.ts'
import { accuracyMetrics } from './text-scorer.ts'

export type AnswerKind = 'letter' | 'word' | 'line'

/** The last `ANSWER:`, since models think again. */
const patterns: { readonly [kind in AnswerKind]: RegExp } = {
  letter: /ANSWER\s*:\s*([A-Za-z])(?:[^\p{L}\p{N}_]|\n|$)(?!.*ANSWER\s*:)/isu,
  word: /ANSWER\s*:\s*(\S+?)(?=[.,;:!?]?\s*(?:\n|$))(?!.*ANSWER\s*:)/is,
  line: /ANSWER\s*:\s*([^\n]+)\s*$/i,
}

/** Takes the letter, the word or the line behind the last `ANSWER:` of the completion, and compares it with the targets. */
export function answer(kind: AnswerKind): Scorer {
  if (!Object.hasOwn(patterns, kind)) {
    throw new EvalspanError('BAD_OPTION', `answer() has no kind '${kind}'; it is letter, word or line`)
  }
  return scorer(
    'answer',
    { metrics: accuracyMetrics(), params: paramsOf({ pattern: kind }) },
    patternScore(patterns[kind]),
  )
}
