import { expect, it } from 'vitest'
import { evaluate, getModel, mockModel, task } from '../../src/index.ts'
import { temporaryFolders } from './in-folder.ts'
import { aTask, run } from './run.ts'
import { quickModel } from './scenarios.ts'

const newFolder = temporaryFolders()
const quiet = { banner: () => {} }
const [first, second] = ['first', 'second'].map((model) => mockModel(undefined, { model }))

it('a role may have several models, each with settings of its own', async () => {
  const asked: unknown[] = []
  const one = task({
    name: 'roles',
    dataset: [{ input: 'Hi' }],
    solver: async (state) => {
      const { name, config } = await getModel(undefined, { role: 'grader' })
      asked.push([name, config])
      return state
    },
  })
  const modelRoles = { grader: [{ model: first!, config: { maxTokens: 5 } }, second!], one: [second!] }
  const [log] = await evaluate(one, { model: first!, modelRoles, logDir: newFolder() }, quiet)
  expect(asked).toEqual([['mockllm/first', { max_tokens: 5 }]])
  expect(log!.eval.model_roles).toEqual({
    grader: [
      { model: 'mockllm/first', config: { max_tokens: 5 }, args: {} },
      { model: 'mockllm/second', config: {}, args: {} },
    ],
    one: { model: 'mockllm/second', config: {}, args: {} },
  })
})

// As Inspect itself has it in the events of the same task.
it('a model in a role has of the settings of the task how calls are made, but for those of one attempt', async () => {
  const { samples } = await run(
    aTask({
      model: quickModel(),
      modelRoles: { grader: { model: first!, config: { temperature: 1 } } },
      config: {
        adaptiveConnections: true,
        maxRetries: 3,
        timeout: 9,
        cache: false,
        failOnRefusal: true,
        attemptTimeout: 7,
        streamIdleTimeout: 4,
        temperature: 0.5,
        cachePrompt: true,
      },
      solver: async (state) => {
        await (await getModel(undefined, { role: 'grader' })).generate('Hi')
        return state
      },
    }),
  )
  const calls = samples[0]!.events.flatMap((event) => (event.event === 'model' ? [event.config] : []))
  expect(calls).toEqual([
    { temperature: 1, adaptive_connections: true, max_retries: 3, timeout: 9, cache: false, fail_on_refusal: true },
  ])
})

it('a role without any model is refused', async () => {
  const one = task({ name: 'roles', dataset: [{ input: 'Hi' }], modelRoles: { grader: [] } })
  await expect(evaluate(one, { model: first!, logDir: newFolder() }, quiet)).rejects.toThrow(
    'modelRoles.grader: there is no model in the list; give one at least',
  )
})
