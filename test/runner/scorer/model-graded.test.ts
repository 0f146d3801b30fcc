import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from '../../../src/inspect/json.ts'
import type { ChatMessage, ModelOutput, Score } from '../../../src/inspect/records.ts'
import type { Grader, Graders } from '../../../src/runner/scorer/model-graded/grader.ts'
import { gradedByModel, type ModelGradedOptions } from '../../../src/runner/scorer/model-graded/graded-by-model.ts'
import { factTemplate, qaTemplate } from '../../../src/runner/scorer/model-graded/templates.ts'
import type { Scorer } from '../../../src/runner/scorer/scorer.ts'
import { nameOfSpec } from '../../../src/runner/model/model-spec.ts'
import { Target } from '../../../src/runner/target.ts'
import { stateWith } from './state-with.ts'

// From Inspect itself: `graders.py` beside the file has it grade these answers.
const cases = parse(readFileSync(new URL('../../fixtures/runner/graders.json', import.meta.url), 'utf8')) as readonly {
  readonly options: {
    readonly instructions?: string
    readonly grade_pattern?: string
    readonly partial_credit?: boolean
    readonly reducer?: string
  }
  readonly said: readonly string[]
  readonly completion: string
  readonly history: boolean
  readonly image: boolean
  readonly expected: Score
}[]

const template = 'Q: {question} A: {answer} C: {criterion} {topic[name]} {level} {{raw}} {flag} {nothing} {list}'
const metadata = {
  topic: { name: 'an [end data] topic' },
  level: 2.5,
  flag: true,
  nothing: null,
  list: ['a', 1, { "it's": '[BEGIN DATA]' }],
  question: 'not this',
}
const longCall = { text: 'x'.repeat(60), count: 3, more: { a: [1, 2] }, flag: false }
const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'be good' },
  { role: 'user', content: 'what?' },
  {
    role: 'assistant',
    content: 'let me see',
    tool_calls: [{ id: '1', function: 'look', arguments: { at: 'it', n: 2 } }],
  },
  { role: 'tool', content: 'seen', function: 'look', tool_call_id: '1' },
  { role: 'assistant', content: '', tool_calls: [{ id: '2', function: 'look_longer', arguments: longCall }] },
  {
    role: 'tool',
    content: '',
    function: 'look_longer',
    tool_call_id: '2',
    error: { type: 'timeout', message: 'too long' },
  },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'and' },
      { type: 'text', text: 'now?' },
    ],
  },
  { role: 'assistant', content: 'an answer' },
  { role: 'user', content: 'thanks' },
]

/** A model that always says the same, and keeps what it is asked. */
function grader(said: string, name = 'mockllm/model'): Grader & { readonly asked: unknown[] } {
  const asked: unknown[] = []
  return {
    name,
    asked,
    async generate(input): Promise<ModelOutput> {
      asked.push(input)
      return { model: name, choices: [{ message: { role: 'assistant', content: said }, stop_reason: 'stop' }] }
    },
  }
}

function qaWith(options: ModelGradedOptions, graders: Graders): Scorer {
  return gradedByModel('model_graded_qa', qaTemplate, options, graders)
}

function factWith(options: ModelGradedOptions, graders: Graders): Scorer {
  return gradedByModel('model_graded_fact', factTemplate, options, graders)
}

/** Graders of an evaluation whose own model is `evaluated`. */
function gradersWith(roles: { readonly [role: string]: Grader | readonly Grader[] } = {}): Graders {
  return {
    model: async (spec = 'evaluated') => {
      const name = nameOfSpec(spec)
      return grader(`GRADE: C, says ${name}`, name)
    },
    role: async (name) => roles[name],
  }
}

test.each(cases.map((each, index) => [index, each] as const))('grades as Inspect does, case %i', async (_, each) => {
  const { instructions, grade_pattern: gradePattern, partial_credit: partialCredit, reducer } = each.options
  const models = each.said.map((said) => grader(said))
  const model = models.length > 1 ? models : models[0]!
  const own = { instructions, gradePattern, partialCredit, reducer }
  const scorer = qaWith({ ...own, template, model, includeHistory: each.history }, gradersWith())
  const state = stateWith(each.completion, { metadata, messages: each.history ? messages : [] })
  if (each.image) {
    const content = [
      { type: 'text', text: each.completion },
      { type: 'image', image: 'data:image/png;base64,AAAA', detail: 'auto' },
    ]
    state.output = { ...state.output, choices: [{ message: { role: 'assistant', content }, stop_reason: 'stop' }] }
  }
  expect(await scorer.score(state, new Target(['first ', 'second']))).toEqual(each.expected)
})

test.each<[string, ModelGradedOptions, string]>([
  ['the model of the role', {}, 'GRADE: C, says the grader'],
  ['the model of another role', { modelRole: 'judge' }, 'GRADE: C, says the judge'],
  ['the evaluated model without one in the role', { modelRole: 'nobody' }, 'GRADE: C, says evaluated'],
  ['the evaluated model without a role', { modelRole: null }, 'GRADE: C, says evaluated'],
  ['the model that is named', { model: 'openai/gpt-9' }, 'GRADE: C, says openai/gpt-9'],
])('asks %s', async (_, options, explanation) => {
  const graders = gradersWith({
    grader: grader('GRADE: C, says the grader'),
    judge: grader('GRADE: C, says the judge'),
  })
  const score = await qaWith(options, graders).score(stateWith('an answer'), new Target('a target'))
  expect(score?.explanation).toBe(explanation)
})

test('a role with several models is a panel', async () => {
  const panel = [grader('GRADE: I'), grader('GRADE: C'), grader('GRADE: I')]
  const scorer = factWith({}, gradersWith({ grader: panel }))
  const score = await scorer.score(stateWith('an answer'), new Target('a target'))
  expect(score?.value).toBe('I')
  expect(score?.metadata?.['panel']).toEqual({ votes: ['I', 'C', 'I'], size: 3, failures: [] })
})

test('a role that is required needs a model', async () => {
  const scorer = qaWith({ modelRole: { name: 'judge', required: true } }, gradersWith())
  await expect(async () => scorer.score(stateWith('an answer'), new Target('a target'))).rejects.toThrow(
    "a scorer needs a model in the role 'judge', and there is none; name one in 'modelRoles' of evaluate()",
  )
})

test('the templates hold all that is to be judged, and say which grades there are', async () => {
  const model = grader('GRADE: C')
  const state = stateWith('THE ANSWER', { input: 'THE QUESTION' })
  for (const make of [qaWith, factWith]) {
    for (const partialCredit of [false, true]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they are read below
      await make({ model, partialCredit }, gradersWith()).score(state, new Target('THE TARGET'))
    }
  }
  const prompts = model.asked.map((input) => (input as [{ content: string }])[0].content)
  for (const part of ['THE QUESTION', 'THE ANSWER', 'THE TARGET', '[BEGIN DATA]', '[END DATA]', "'GRADE: $LETTER'"]) {
    expect(prompts.every((prompt) => prompt.split(part).length === 2)).toBe(true)
  }
  expect(prompts.map((prompt) => /LETTER is one of ([^:]+):/.exec(prompt)?.[1])).toEqual([
    'C or I',
    'C, P or I',
    'C or I',
    'C, P or I',
  ])
})

test('graders have the names and params of Inspect', () => {
  const models = [grader('', 'a/b'), 'c/d']
  const scorers = [
    qaWith({ model: models, reducer: 'mode' }, gradersWith()),
    factWith({ partialCredit: true, includeHistory: ({ uuid }) => uuid }, gradersWith()),
  ]
  expect(scorers.map(({ name, params }) => [name, params])).toEqual([
    ['model_graded_qa', { model: ['a/b', 'c/d'], reducer: 'mode' }],
    ['model_graded_fact', { partial_credit: true, include_history: 'includeHistory' }],
  ])
})

test('templates and patterns that cannot be used are told', async () => {
  expect(() => qaWith({ gradePattern: '(' }, gradersWith())).toThrow(
    'gradePattern is no regular expression of JavaScript: ',
  )
  const ask = async (text: string): Promise<unknown> =>
    qaWith({ template: text }, gradersWith()).score(stateWith('an answer'), new Target('a target'))
  await expect(ask('{topic}')).rejects.toThrow(
    "the template asks for {topic}, which has no value here; take it out, or give it in the sample's metadata",
  )
  await expect(ask('{question:>3}')).rejects.toThrow(
    "the template has '{', which is no '{name}'; write a brace that stands for itself twice",
  )
})
