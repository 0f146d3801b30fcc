import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { expect, it, onTestFinished } from 'vitest'
import {
  getModel,
  mockModel,
  modelGradedFact,
  modelGradedQa,
  type ModelApi,
  type ModelEvent,
  type ModelGradedOptions,
} from '../../../src/index.ts'
import { say, startOpenAiServer } from '../openai-server.ts'
import { aTask, run } from '../run.ts'

const named = (model: string): ModelApi => mockModel(() => 'GRADE: C', { provider: 'lab', model })

it('graders are given in all forms that evaluate() takes, and are in the log by their names', async () => {
  await using server = await startOpenAiServer(() => say('GRADE: C'))
  const small = createOpenAICompatible({ name: 'sdk', baseURL: server.url })('small')
  process.env['LAB_API_KEY'] = 'the-key'
  onTestFinished(() => void delete process.env['LAB_API_KEY'])
  const keyed = {
    apiKey: 'LAB_API_KEY',
    create: () => createOpenAICompatible({ name: 'keyed', baseURL: server.url })('k'),
  }
  const given: ModelGradedOptions['model'] = [named('own'), small, keyed, await getModel(named('got')), 'mockllm/named']
  const { samples, logs, reports } = await run(aTask({ scorer: modelGradedQa({ model: given }) }))
  const [sample] = samples
  const calls = sample!.events.filter((event): event is ModelEvent => event.event === 'model').slice(1)
  expect(calls.map(({ model }) => model).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'keyed/k',
    'lab/got',
    'lab/own',
    'mockllm/named',
    'sdk/small',
  ])
  expect(sample!.scores?.['model_graded_qa']).toMatchObject({
    value: 'C',
    metadata: { panel: { votes: ['C', 'C', 'C', 'C', null], size: 5 } },
  })
  expect(logs[0]!.results?.scores[0]?.params).toEqual({
    model: ['lab/own', 'sdk/small', 'LAB_API_KEY', 'lab/got', 'mockllm/named'],
  })
  expect(reports).toEqual([])
})

it.each([
  ['one', named('own'), 'lab/own'],
  ['several', [named('a'), named('b')], ['lab/a', 'lab/b']],
])('%s of our own grades', async (_, model, name) => {
  const { samples, logs } = await run(aTask({ scorer: modelGradedFact({ model }) }))
  expect([samples[0]!.scores?.['model_graded_fact']?.value, logs[0]!.results?.scores[0]?.params]).toEqual([
    'C',
    { model: name },
  ])
})

it.each<[unknown, string]>([
  [null, 'no model: this is null.'],
  [42, 'no model: this is number.'],
  [{ name: 'a' }, 'no model: this is another object.'],
  [() => {}, 'no model: this is a function, perhaps a provider that is still to be called with the name of a model.'],
  ['gpt-4o', "'gpt-4o' names no model: write PROVIDER/MODEL, such as openai/gpt-4o"],
  [[], 'a scorer has no model in its list; give one at least'],
  [['openai/gpt-4o', undefined], 'no model: this is undefined.'],
])('%o is no grader, which is told when the scorer is made', (model, message) => {
  for (const make of [modelGradedQa, modelGradedFact]) {
    expect(() => make({ model } as ModelGradedOptions)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) as string }),
    )
  }
})
