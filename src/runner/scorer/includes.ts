import { casefold } from '../text/python-text.ts'
import type { Scorer } from './scorer.ts'
import { textScorer } from './text-scorer.ts'

export interface IncludesOptions {
  /** It is when left out. */
  readonly ignoreCase?: boolean | undefined
}

/** Right when the completion has one of the targets in it. */
export function includes(options: IncludesOptions = {}): Scorer {
  const { ignoreCase = true } = options
  return textScorer('includes', options, (completion, target) => {
    const answer = ignoreCase ? casefold(completion) : completion
    return { answer, matches: answer.includes(ignoreCase ? casefold(target) : target) }
  })
}
