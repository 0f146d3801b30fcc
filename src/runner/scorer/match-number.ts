import type { MatchLocation } from './match.ts'
import { formatShort } from './numbers/round.ts'
import { parseNumber } from './numbers/parse-number.ts'
import { splitAtSpaces, strip } from '../text/python-text.ts'

/** What may stand around a number, unlike `<` and `~`, which make it another. */
const around = /[!?:;()[\]{}'"`]/

export function isNumberText(target: string): boolean {
  return normalize(withoutMarks(target)) !== undefined
}

/** Compares a target that is a number with that of the completion, or with all of them. */
export function matchNumber(
  completion: string,
  folded: string,
  target: string,
  location: MatchLocation,
): { answer: string; matches: boolean } {
  const wanted = normalize(withoutMarks(target))
  const text = withoutMarks(folded)
  if (location === 'exact') {
    const value = parseNumber(text)
    const answer = value === undefined ? text : formatShort(value)
    return { answer, matches: answer === wanted }
  }
  const numbers = splitAtSpaces(text)
    .map(normalize)
    .filter((each) => each !== undefined)
  if (location === 'any') {
    const found = numbers.find((each) => each === wanted)
    return { answer: found ?? completion, matches: found !== undefined }
  }
  const answer = (location === 'begin' ? numbers[0] : numbers.at(-1)) ?? ''
  return { answer, matches: answer === wanted }
}

function normalize(word: string): string | undefined {
  const value = parseNumber(strip(word, around))
  return value === undefined ? undefined : formatShort(value)
}

/** Without signs of currencies, commas, the `*` and `_` of Markdown, and points that are not within a number. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/\\([$,£€*_])/g, '$1')
    .replaceAll(/[$,£€*_]/g, '')
    .replaceAll(/\.(?=$|\P{Nd})/gu, '')
}
