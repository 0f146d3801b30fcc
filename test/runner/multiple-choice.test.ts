import { describe, expect, it } from 'vitest'
import { choice, multipleChoice, textOf, type MultipleChoiceOptions } from '../../src/index.ts'
import { representString } from '../../src/runner/text/python-text.ts'
import { parseAnswers } from '../../src/runner/solvers/parse-answers.ts'
import { aTask, run } from './run.ts'
import { quickModel } from './scenarios.ts'

const sample = { id: 1, input: 'Which is a fruit?', choices: ['Stone', 'Apple', 'Pear'], target: ['B', 'C'] }

async function asked(answer: string, options: MultipleChoiceOptions = {}, target: readonly string[] = sample.target) {
  const task = aTask({
    dataset: [{ ...sample, target }],
    solver: multipleChoice(options),
    scorer: choice(),
    model: quickModel([answer]),
  })
  const { samples, logs } = await run(task)
  const [{ messages, scores, error } = { messages: [] }] = samples
  return { prompt: textOf(messages[0]), score: scores?.['choice'], error, log: logs[0]! }
}

describe('multipleChoice and choice', () => {
  it('show the choices, and score the letters of the answer', async () => {
    const { prompt, score, log } = await asked('Well.\nANSWER: C, B', {
      multipleCorrect: true,
      cot: true,
      maxTokens: 9,
    })
    expect(prompt)
      .toBe(`Here is a question with choices, of which one or more are right. Think step by step first, and \
write it down; then end with one line of the form 'ANSWER: $LETTERS', without quotes, where LETTERS is one or more of A,B,C.

Which is a fruit?

A) Stone
B) Apple
C) Pear`)
    expect(score).toEqual({ value: 'C', answer: 'B, C', explanation: 'Well.\nANSWER: C, B' })
    expect(log.plan.steps).toEqual([
      {
        solver: 'multiple_choice',
        params: { cot: true, multiple_correct: true, max_tokens: 9 },
        params_passed: { cot: true, multiple_correct: true, max_tokens: 9 },
      },
    ])
    expect(log.results?.scores[0]?.name).toBe('choice')
  })

  it.each<[string, readonly string[], object]>([
    ['ANSWER: B', ['B'], { value: 'C', answer: 'B' }],
    ['ANSWER: A', ['B'], { value: 'I', answer: 'A' }],
    ['Apple', ['B'], { value: 'I', answer: '', reason: 'invalid_response_format' }],
    [' ', ['B'], { value: 'N', answer: '', reason: 'no_response' }],
  ])('%j, where %j is right', async (answer, target, score) => {
    expect((await asked(answer, {}, target)).score).toEqual({ ...score, explanation: answer })
  })

  it('refuse a template without question and choices', () => {
    expect(() => multipleChoice({ template: '{question}' })).toThrow('the template needs {question} and {choices}')
  })

  it.each<[string, readonly string[], string]>([
    ['a letter too far', ['D'], "the target 'D' names D"],
    ['a word', ['banana'], "the target 'banana' names n"],
    ['no letters', ['A', 'Paris!'], "the target 'A', 'Paris!' names P, r, i, s, !"],
  ])('tell of a target with %s', async (_what, target, what) => {
    expect((await asked('ANSWER: A', {}, target)).error?.message).toBe(
      `Error(${representString(`${what}, and the choices are A, B, C`)})`,
    )
  })
})

describe('letters of an answer', () => {
  it.each<[string, boolean, readonly number[]]>([
    ['ANSWER: A\nANSWER: B', false, [1]],
    ['**ANSWER: $C$**', false, [2]],
    ['answer: (a).', false, [0]],
    ['ANSWER: A, B', false, []],
    ['ANSWER: A and C', true, [0, 2]],
    ['ANSWER: AC', true, [0, 2]],
    ['ANSWER: A, Z', true, []],
    ['ANSWER: 1', false, []],
  ])('%j', (completion, several, indices) => {
    expect([...parseAnswers(completion, 3, several)].toSorted((a, b) => a - b)).toEqual(indices)
  })

  it('go on with numbers after Z', () => {
    expect([...parseAnswers('ANSWER: 2', 30, false)]).toEqual([27])
  })
})
