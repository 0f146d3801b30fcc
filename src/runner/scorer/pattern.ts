import type { Score } from '../../inspect/records.ts'
import { paramsOf } from '../task/params.ts'
import type { Target } from '../target.ts'
import { compilePattern } from './compile-pattern.ts'
import { noResponse } from './no-response.ts'
import { CORRECT, INCORRECT } from './grades.ts'
import { strip } from '../text/python-text.ts'
import { scorer, type Scorer } from './scorer.ts'
import { accuracyMetrics } from './text-scorer.ts'

export interface PatternOptions {
  /** When finding and when comparing; it is when left out. */
  readonly ignoreCase?: boolean | undefined
  /** Whether all groups of the pattern have to be right, not just one. */
  readonly matchAll?: boolean | undefined
}

/**
 * Finds the answer in the completion with a regular expression (of JavaScript), and compares it with the targets: what
 * its groups found, or all that it found when it has none.
 */
export function pattern(expression: string | RegExp, options: PatternOptions = {}): Scorer {
  const params = paramsOf({ pattern: expression, ...options })
  return scorer('pattern', { metrics: accuracyMetrics(), params }, patternScore(expression, options))
}

/** What `pattern` does, for scorers of other names. */
export function patternScore(expression: string | RegExp, options: PatternOptions = {}): Scorer['score'] {
  const { ignoreCase = true, matchAll = false } = options
  const searched = compilePattern(expression, 'the pattern of pattern()', ignoreCase)
  return (state, target) => {
    const { completion } = state.output
    const found = searched.exec(completion)
    if (!found) {
      return {
        value: INCORRECT,
        explanation: `Scoring pattern not matched in output: ${completion}`,
        reason: strip(completion) === '' ? 'no_response' : 'invalid_response_format',
      }
    }
    const groups: (string | undefined)[] = found.length > 1 ? found.slice(1) : [found[0]]
    const score = matchAll ? scoreAll(groups, target, ignoreCase) : scoreFirst(groups, target, ignoreCase)
    return { ...score, explanation: completion, ...noResponse(completion) }
  }
}

function scoreFirst(groups: readonly (string | undefined)[], target: Target, ignoreCase: boolean): Score {
  const found = groups.find((group) => group !== undefined && isTarget(group, target, ignoreCase))
  // The only answer is worth to be seen when it is wrong, too.
  const answer = found ?? (groups.length === 1 ? groups[0] : undefined)
  return { value: found ? CORRECT : INCORRECT, answer }
}

function scoreAll(groups: readonly (string | undefined)[], target: Target, ignoreCase: boolean): Score {
  const found = groups.filter((group) => group !== undefined)
  const isRight = found.length > 0 && found.every((group) => isTarget(group, target, ignoreCase))
  return { value: isRight && target.text !== '' ? CORRECT : INCORRECT, answer: isRight ? target.text : undefined }
}

function isTarget(group: string, target: Target, ignoreCase: boolean): boolean {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text)
  return target.values.some((value) => fold(value) === fold(group))
}
