import { answerLetter, type Choices } from '../choices.ts'
import type { Target } from '../target.ts'
import { noResponse } from './no-response.ts'
import { CORRECT, INCORRECT, NOANSWER } from './grades.ts'
import { scorer, type Scorer } from './scorer.ts'
import { accuracyMetrics } from './text-scorer.ts'

/** Whether the choices that `multipleChoice()` found in the answer are those that the target names: `B`, or `A, C`. */
export function choice(): Scorer {
  return scorer('choice', { metrics: accuracyMetrics() }, (state, target) => {
    const { choices } = state
    if (choices.length === 0) throw new Error('choice needs samples with choices')
    const { completion } = state.output
    const explanation = choices.areShuffled ? shuffledAnswer(choices) : completion
    const { answers } = choices.unshuffled()
    const wanted = wantedBy(target, choices.length)
    const answer = answers.join(', ')
    if (wanted.join() === answers.join()) return { value: CORRECT, answer, explanation }
    if (answers.length > 0) return { value: INCORRECT, answer, explanation }
    const { reason = 'invalid_response_format' } = noResponse(completion)
    return { value: reason === 'no_response' ? NOANSWER : INCORRECT, answer: '', explanation, reason }
  })
}

/** The letters of a target, in their order. Throws where it names what is no choice. */
function wantedBy(target: Target, count: number): string[] {
  const named = [...target].flatMap((value) =>
    value
      .replaceAll(',', ' ')
      .split(/\s+/)
      .flatMap((token) => (/^\d+$/.test(token) ? [token] : Array.from(token))),
  )
  const letters = Array.from({ length: count }, (_, index) => answerLetter(index))
  const indices = named.map((each) => letters.indexOf(each.toUpperCase()))
  const others = new Set(named.filter((_, place) => indices[place] === -1))
  if (others.size > 0) {
    const shown = [...target].map((value) => `'${value}'`).join(', ')
    const what = `the target ${shown} names ${[...others].join(', ')}`
    throw new Error(`${what}, and the choices are ${letters.join(', ')}`)
  }
  return indices.toSorted((a, b) => a - b).map(answerLetter)
}

function shuffledAnswer(choices: Choices): string {
  return `The choices were shown in another order:\n\n${choices.text}\n\nAnswer to them:\nANSWER: ${choices.answers.join(', ')}`
}
