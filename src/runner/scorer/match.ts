import { EvalspanError } from '../../errors.ts'
import { isNumberText, matchNumber } from './match-number.ts'
import { casefold, strip, stripPunctuation } from '../text/python-text.ts'
import type { Scorer } from './scorer.ts'
import { textScorer } from './text-scorer.ts'

export type MatchLocation = 'begin' | 'end' | 'any' | 'exact'

export interface MatchOptions {
  /** Where the target is to be in the completion; at its `end` when left out. */
  readonly location?: MatchLocation | undefined
  /** It is when left out. */
  readonly ignoreCase?: boolean | undefined
  /**
   * Whether targets that are numbers are compared as numbers, with what the completion has at that place: `$1,000.00`
   * is 1000. A `%` belongs to the number: give `60` and `60%` as targets where both are right.
   */
  readonly numeric?: boolean | undefined
}

/** Right when one of the targets is where it should be in the completion, without regard to spaces and punctuation around. */
export function match(options: MatchOptions = {}): Scorer {
  const { location = 'end', ignoreCase = true, numeric = false } = options
  const compare = comparisons[location]
  if (!compare) {
    throw new EvalspanError('BAD_OPTION', `match() has no location '${location}'; it is begin, end, any or exact`)
  }
  return textScorer('match', options, (completion, target) => {
    const answer = strip(completion)
    const fold = (text: string): string => (ignoreCase ? casefold(text) : text)
    const wanted = fold(strip(target))
    if (numeric && isNumberText(wanted)) return matchNumber(answer, fold(answer), wanted, location)
    return { answer, matches: compare(stripPunctuation(fold(answer)), stripPunctuation(wanted)) }
  })
}

const comparisons: { readonly [location in MatchLocation]: (text: string, part: string) => boolean } = {
  begin: (text, part) => text.startsWith(part),
  end: (text, part) => text.endsWith(part),
  any: (text, part) => text.includes(part),
  exact: (text, part) => text === part,
}
