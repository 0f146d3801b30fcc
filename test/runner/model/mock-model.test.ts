import { expect, it } from 'vitest'
import { mockModel, modelError } from '../../../src/runner/model/mock-model.ts'
import { modelOutput } from '../../../src/runner/model/model-output.ts'
import { caught, request } from './request.ts'

const ask = request([{ role: 'user', content: 'Two and two?' }])

it('says always the same, when it is told nothing', async () => {
  const model = mockModel()

  expect([await model.generate(ask), await model.generate(ask)]).toEqual(
    Array.from({ length: 2 }, () => ({
      model: 'model',
      choices: [
        {
          message: {
            id: expect.stringMatching(/^\w{22}$/),
            content: 'Default output from mockllm/model',
            source: 'generate',
            role: 'assistant',
            model: 'model',
          },
          stop_reason: 'stop',
        },
      ],
      completion: 'Default output from mockllm/model',
      usage: { input_tokens: 3, output_tokens: 33, total_tokens: 36 },
      time: expect.any(Number),
    })),
  )
  expect([model.provider, model.model]).toEqual(['mockllm', 'model'])
})

it('gives its outputs one after the other, until there are none', async () => {
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 }
  const model = mockModel([
    'Four.',
    modelOutput.text('Cut', { usage, stopReason: 'max_tokens', model: 'other', time: 4 }),
    modelOutput.toolCall('add', { x: 1 }, { id: 'a' }),
  ])

  const outputs = [await model.generate(ask), await model.generate(ask), await model.generate(ask)]

  expect(outputs.map(({ completion, choices }) => [completion, choices[0]?.stop_reason])).toEqual([
    ['Four.', 'stop'],
    ['Cut', 'max_tokens'],
    ['tool call for tool add', 'tool_calls'],
  ])
  expect(outputs[1]).toMatchObject({ usage, model: 'other', time: 4 })
  expect(outputs[2]?.choices[0]?.message.tool_calls).toEqual([
    { id: 'a', function: 'add', arguments: { x: 1 }, type: 'function' },
  ])
  expect(await caught(model.generate(ask))).toMatchObject({
    message: 'the outputs of mockllm/model ran out after 3: give it more, or a function',
  })
})

it('fails as a provider does', async () => {
  const model = mockModel([modelError(429, 'slow down', { retryAfterMs: 1500 }), new Error('broken')])

  const failures = [model.failure(await caught(model.generate(ask))), model.failure(await caught(model.generate(ask)))]

  expect(failures).toEqual([
    {
      type: 'APICallError',
      message: 'slow down',
      statusCode: 429,
      retryable: true,
      authentication: false,
      retryAfterMs: 1500,
    },
    {
      type: 'Error',
      message: 'broken',
      statusCode: undefined,
      retryable: false,
      authentication: false,
      retryAfterMs: undefined,
    },
  ])
})

it('answers by what it is asked', async () => {
  const model = mockModel((input, tools, toolChoice, config) =>
    JSON.stringify([input.length, tools.map(({ name }) => name), toolChoice, config]),
  )
  const tools = [{ name: 'add', description: '', parameters: {} }]

  const { completion } = await model.generate({ ...ask, tools, toolChoice: 'any', config: { seed: 1 } })

  expect(completion).toBe('[1,["add"],"any",{"seed":1}]')
})

it('takes its time, unless it is stopped', async () => {
  const controller = new AbortController()
  const model = mockModel(undefined, { delayMs: 60_000, provider: 'mock', model: 'slow', maxConnections: 3 })
  const answer = caught(model.generate({ ...ask, abortSignal: controller.signal }))
  controller.abort()

  expect(model.failure(await answer)).toMatchObject({ type: 'AbortError', retryable: false })
  expect(model.maxConnections).toBe(3)
  expect((await mockModel(undefined, { delayMs: 20 }).generate(ask)).time).toBeGreaterThan(0.015)
})
