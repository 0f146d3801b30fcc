import { describe, expect, it } from 'vitest'
import { evaluate, generate, task, type GenerateSettings, type Solver } from '../../src/index.ts'
import { aTask, question, run } from './run.ts'

async function refused(make: () => unknown): Promise<unknown> {
  try {
    await make()
  } catch (error) {
    return [(error as { code?: unknown }).code, (error as Error).message]
  }
  throw new Error('it was accepted')
}

function withConfig(config: unknown): () => unknown {
  return () => evaluate(aTask(), { config: config as GenerateSettings })
}

describe('a setting of models is refused that', () => {
  it.each<[string, unknown, string]>([
    ['is a word', { temperature: 'hot' }, "config.temperature is 'hot'; give a number from 0 on"],
    ['is no number', { topP: NaN }, 'config.topP is NaN; give a number from 0 to 1'],
    ['is a time in words', { timeout: 'x' }, "config.timeout is 'x'; give a whole number from 0 on"],
    ['is part of a second', { attemptTimeout: 0.5 }, 'config.attemptTimeout is 0.5; give a whole number from 1 on'],
    ['is one text', { stopSeqs: 'END' }, "config.stopSeqs is 'END'; give a list of texts"],
    ['is below 0', { maxRetries: -1 }, 'config.maxRetries is -1; give a whole number from 0 on'],
    ['is less than a token', { maxTokens: -5 }, 'config.maxTokens is -5; give a whole number from 1 on'],
    ['is half a seed', { seed: 1.5 }, 'config.seed is 1.5; give a whole number'],
    ['is no truth', { failOnRefusal: 'no' }, "config.failOnRefusal is 'no'; give true or false"],
    ['is no effort', { effort: 'huge' }, "config.effort is 'huge'; give 'low', 'medium', 'high', 'xhigh', 'max'"],
    ['is none of two', { cachePrompt: 'all' }, "config.cachePrompt is 'all'; give 'auto', or true or false"],
    [
      'has a header without text',
      { extraHeaders: { a: 1 } },
      'config.extraHeaders is { a: 1 }; give an object with texts',
    ],
    [
      'has a word for a token',
      { logitBias: { yes: 1 } },
      'config.logitBias is { yes: 1 }; give an object with a number for each token number',
    ],
    [
      'is no schema',
      { responseSchema: { type: 'object' } },
      "config.responseSchema is { type: 'object' }; give an object with name and json_schema",
    ],
    ['has its name in a log', { max_tokens: 'x' }, "config.max_tokens is 'x'; give a whole number from 1 on"],
    ['lacks a letter', { temperatur: 1 }, 'config.temperatur is no setting; did you mean temperature?'],
    ['is written large', { timeOut: 1 }, 'config.timeOut is no setting; did you mean timeout?'],
  ])('%s', async (_what, config, message) => {
    expect(await refused(withConfig(config))).toEqual(['BAD_OPTION', message])
  })

  it('is all there is', async () => {
    expect(await refused(withConfig(5))).toEqual(['BAD_OPTION', 'config is 5; give an object of settings'])
    expect(await refused(() => evaluate(aTask(), { modelRoles: 'openai/gpt-4o' as never }))).toEqual([
      'BAD_OPTION',
      "modelRoles is 'openai/gpt-4o'; give an object of models by role",
    ])
  })

  const config = { temperature: 'hot' } as never
  const advice = "is 'hot'; give a number from 0 on"

  it.each<[string, () => unknown, string]>([
    [
      'a task has',
      () => task({ name: 'sums', dataset: [question], config }),
      `task sums: config.temperature ${advice}`,
    ],
    ['generate() has', () => generate({ config }), `generate: config.temperature ${advice}`],
    [
      'a model in a role has',
      () => evaluate(aTask(), { modelRoles: { grader: { model: 'mockllm/model', config } } }),
      `modelRoles.grader.config.temperature ${advice}`,
    ],
    [
      'one of several models in a role of a task has',
      () => aTask({ modelRoles: { grader: ['mockllm/model', { model: 'mockllm/model', config }] } }),
      `task arithmetic: modelRoles.grader[1].config.temperature ${advice}`,
    ],
  ])('%s', async (_what, make, message) => {
    expect(await refused(make)).toEqual(['BAD_OPTION', message])
  })

  it('a solver calls a model with, which is the error of its sample', async () => {
    const solver: Solver = (state, call) => call(state, { config })
    const { samples } = await run(aTask({ solver }))
    expect(samples[0]!.error?.message).toBe(`EvalspanError("config.temperature ${advice}")`)
  })
})

it('settings that evalspan does not know, and none, are taken as they are', async () => {
  const config = { acmeMode: 'quick', temp: 1, temperature: null, maxTokens: undefined, logit_bias: { 12: 1.5 } }
  const { logs } = await run(aTask(), { config: config as unknown as GenerateSettings })
  expect([logs[0]!.status, logs[0]!.eval.model_generate_config]).toEqual([
    'success',
    { acme_mode: 'quick', temp: 1, temperature: null, logit_bias: { 12: 1.5 } },
  ])
})
