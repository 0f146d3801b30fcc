import { describe, expect, it } from 'vitest'
import {
  evaluate,
  generate,
  getModel,
  modelOutput,
  type EvaluateOptions,
  type ModelEvent,
  type TaskState,
} from '../../src/index.ts'
import { memoryOutput } from '../exporters/console/sample-spans.ts'
import { temporaryCache } from './in-cache.ts'
import { aTask, dataOf, question, run } from './run.ts'
import { quickModel } from './scenarios.ts'

const usage = {
  input_tokens: 1000,
  output_tokens: 100,
  total_tokens: 1600,
  input_tokens_cache_read: 400,
  input_tokens_cache_write: 100,
}
const price = { input: 1000, output: 5000, inputCacheRead: 100, inputCacheWrite: 1250 }
/** 1 + 0.5 + 0.04 + 0.125 */
const dollars = 1.665
const modelCosts = { 'mockllm/model': price }

const model = () => quickModel([modelOutput.text('4', { usage })])

describe('prices of models', () => {
  it('make the cost of each call, and of the sample, the task and hooks', async () => {
    const { samples, logs, events } = await run(
      aTask({ model: model(), dataset: [question, { ...question, id: 2 }], modelRoles: { grader: model() } }),
      { modelCosts },
    )
    expect(callsOf(samples[0]!.events).map(({ output }) => output?.usage?.total_cost)).toEqual([dollars])
    expect(samples[0]!.model_usage!['mockllm/model']).toEqual({ ...usage, total_cost: dollars })
    expect(logs[0]!.stats.model_usage!['mockllm/model']!.total_cost).toBeCloseTo(2 * dollars)
    expect(dataOf(events, 'onModelUsage').map((told) => told.usage.total_cost)).toEqual([dollars, dollars])
    const ended = dataOf(events, 'onSampleEvent').flatMap(({ event }) => (event.event === 'model' ? [event] : []))
    expect(ended.at(-1)!.output?.usage?.total_cost).toBe(dollars)
  })

  it('hold for models in a role, each by its name', async () => {
    const grader = { ...model(), model: 'grader' }
    const solver = async (state: TaskState) => {
      await (await getModel(undefined, { role: 'grader' })).generate('Good?')
      return state
    }
    const { samples } = await run(aTask({ solver, modelRoles: { grader }, scorer: [] }), {
      modelCosts: { 'mockllm/grader': { input: 1000, output: 0 } },
    })
    expect(samples[0]!.role_usage!['grader']!.total_cost).toBe(1)
  })

  it('count nothing for what comes from the cache, which says what it cost', async () => {
    temporaryCache()
    const cached = { solver: generate({ cache: true }), model: model() }
    await run(aTask(cached), { modelCosts })
    const { samples, events } = await run(aTask({ ...cached, costLimit: 0.01 }), { modelCosts })
    expect([samples[0]!.limit, samples[0]!.model_usage]).toEqual([undefined, {}])
    expect(callsOf(samples[0]!.events)[0]!.output?.usage).toEqual({ ...usage, total_cost: dollars })
    expect(dataOf(events, 'onModelCacheUsage')[0]!.usage).toEqual({ ...usage, total_cost: dollars })
  })

  it('let costLimit end a sample', async () => {
    const { samples } = await run(aTask({ model: model(), costLimit: 1 }), { modelCosts })
    const reason = 'Cost limit exceeded. value: $1.6650; limit: $1.0000'
    expect(samples[0]!.limit).toEqual({ type: 'cost', limit: 1, reason })
  })

  it('are shown by the console', async () => {
    const output = memoryOutput()
    await run(aTask({ model: model() }), { modelCosts }, { ask: ['console'], output })
    expect(output.text).toContain('1,500 in, 100 out · $1.67')
  })

  it.for<[string, EvaluateOptions, string]>([
    [
      'the model',
      { costLimit: 1 },
      'task arithmetic: costLimit needs the price of mockllm/model; give it in modelCosts',
    ],
    [
      'a model in a role',
      { costLimit: 1, modelCosts, modelRoles: { grader: { ...model(), model: 'grader' } } },
      'task arithmetic: costLimit needs the price of mockllm/grader; give it in modelCosts',
    ],
  ])('are needed for costLimit: %s', async ([, options, message]) => {
    expect((await run(aTask(), options)).thrown).toMatchObject({ code: 'BAD_OPTION', message })
  })

  it.for<[unknown, string]>([
    [
      null,
      "modelCosts: null is no object; give prices by model, such as { 'openai/gpt-4o': { input: 2.5, output: 10 } }",
    ],
    [
      { 'a/b': 3 },
      "modelCosts['a/b']: 3 is no object; give prices by model, such as { 'openai/gpt-4o': { input: 2.5, output: 10 } }",
    ],
    [{ 'a/b': { input: 1 } }, "modelCosts['a/b'].output is undefined; give US dollars for a million tokens, from 0 on"],
    [
      { 'a/b': { input: -1, output: 1 } },
      "modelCosts['a/b'].input is -1; give US dollars for a million tokens, from 0 on",
    ],
    [
      { 'a/b': { input: 1, output: 1, input_cache_read: 1 } },
      "modelCosts['a/b'] has no 'input_cache_read'; it has input, output, inputCacheRead, inputCacheWrite",
    ],
  ])('that cannot be used are errors that say why: %j', async ([given, message]) => {
    const costs = { modelCosts: given } as EvaluateOptions
    await expect(evaluate(aTask(), costs)).rejects.toMatchObject({ code: 'BAD_OPTION', message })
  })
})

describe('the settings of a call of a model', () => {
  it('are in camelCase, as those of generate() are, or in the names of Inspect', async () => {
    const solver = async (state: TaskState) => {
      const asked = await getModel()
      await asked.generate('2+2?', { config: { maxTokens: 5, top_p: 0.5, seed: undefined } })
      return state
    }
    const { samples } = await run(aTask({ solver, config: { seed: 3 } }))
    expect(callsOf(samples[0]!.events)[0]!.config).toEqual({ max_tokens: 5, top_p: 0.5, seed: 3 })
  })
})

function callsOf(events: readonly { readonly event: string }[]): ModelEvent[] {
  return events.flatMap((event) => (event.event === 'model' ? [event as ModelEvent] : []))
}
