import { answerLetter } from '../choices.ts'

/** What may stand around a letter. */
const wrappers: readonly (readonly [RegExp, string])[] = [
  [/\$\s*([a-z\d][a-z\d ,]*?)\s*\$/gi, '$1'],
  [/\*\*\s*([a-z\d][a-z\d ,]*?)\s*\*\*/gi, '$1'],
  [/(^|[:,])(\s*)\(([a-z\d])\)(?=\s*(?:,|\.|\n|$))/gi, '$1$2$3'],
]

const ownLine = /^ANSWER\s*:\s*([a-z\d ,]+)\s*(?:$|\n|\.)/gim
const anywhere = /ANSWER\s*:\s*([a-z\d ,]+)(?:[^\p{L}\p{N}_]|$)/giu

/**
 * Which of so many choices an answer names, in the last `ANSWER: A` (or `A, B`) of it; by their indices. None when it
 * names something else too, or more than one where one is right.
 */
export function parseAnswers(completion: string, count: number, multipleCorrect: boolean): ReadonlySet<number> {
  const plain = wrappers.reduce((text, [wrapper, inner]) => text.replaceAll(wrapper, inner), completion)
  const found = [...plain.matchAll(ownLine)].at(-1) ?? [...plain.matchAll(anywhere)].at(-1)
  if (!found) return new Set()
  const letters = Array.from({ length: count }, (_, index) => answerLetter(index))
  const said = found[1]!.trim().toUpperCase()
  const named = (multipleCorrect ? severalIn(said) : oneIn(said)).find((way) =>
    way.every((each) => letters.includes(each)),
  )
  return new Set(named?.map((each) => letters.indexOf(each)))
}

/** A letter alone; a comma behind it does not matter. */
function oneIn(said: string): readonly string[][] {
  const parts = partsOf(said)
  return parts.length === 1 ? [parts] : []
}

/** Letters with commas, spaces or `and` between them; or with nothing. */
function severalIn(said: string): readonly string[][] {
  const list = said.replaceAll(' AND ', ',').replaceAll(' ', '')
  return [partsOf(list), Array.from(list)]
}

function partsOf(list: string): string[] {
  return list.split(',').filter((part) => part !== '')
}
