import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { MockLanguageModelV3, MockLanguageModelV4 } from 'ai/test'
import { MockLanguageModelV2 } from 'ai5/test'
import { MockLanguageModelV3 as MockLanguageModelOf6 } from 'ai6/test'
import { expect, it } from 'vitest'
import { aiSdkModel } from '../../../src/runner/model/ai-sdk-model.ts'
import type { LanguageModel } from '../../../src/runner/model/language-model.ts'
import { call, rateLimit, say, startOpenAiServer, wrongKey } from '../openai-server.ts'
import { caught, request } from './request.ts'

const key = 'sk-test-0123456789abcdef'

function compatible(url: string): LanguageModel {
  return createOpenAICompatible({ name: 'local', baseURL: url, apiKey: key }).chatModel('small')
}

const weather = {
  name: 'weather',
  description: 'Tells the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
}

it('asks a server and gives its answer as Inspect records it', async () => {
  await using server = await startOpenAiServer([say('Four.')])

  const output = await aiSdkModel(compatible(server.url)).generate(
    request([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Two and two?' },
    ]),
  )

  expect(output).toEqual({
    model: 'small-2026-01-01',
    choices: [
      {
        message: {
          id: expect.stringMatching(/^\w{22}$/),
          content: 'Four.',
          source: 'generate',
          role: 'assistant',
          model: 'small-2026-01-01',
        },
        stop_reason: 'stop',
      },
    ],
    completion: 'Four.',
    usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12, input_tokens_cache_read: 0, reasoning_tokens: 0 },
    time: expect.any(Number),
    response_id: 'chatcmpl-1',
  })
  expect(server.requests.map(({ path, body }) => ({ path, body }))).toEqual([
    {
      path: '/v1/chat/completions',
      body: {
        model: 'small',
        messages: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: 'Two and two?' },
        ],
      },
    },
  ])
})

it('sends settings under the names of the provider, and tells once of those without a place', async () => {
  await using server = await startOpenAiServer([say('Yes.')])
  const told: string[] = []
  const model = aiSdkModel(compatible(server.url), { report: (message) => told.push(message) })
  const config = {
    temperature: 0.5,
    max_tokens: 100,
    top_p: 0.9,
    stop_seqs: ['END'],
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    reasoning_effort: 'low',
    parallel_tool_calls: false,
    extra_body: { grammar: 'root' },
    extra_headers: { 'x-extra': 'yes' },
    response_schema: { name: 'answer', json_schema: { type: 'object' } },
    max_retries: 3,
    num_choices: 2,
    seedless: null,
  }

  await model.generate({ ...request([{ role: 'user', content: 'Go' }], { config }), headers: { 'x-request': '1' } })
  await model.generate(request([{ role: 'user', content: 'Go' }], { config }))

  const [first] = server.requests
  expect(first?.body).toEqual({
    model: 'small',
    messages: [{ role: 'user', content: 'Go' }],
    temperature: 0.5,
    max_tokens: 100,
    top_p: 0.9,
    stop: ['END'],
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    reasoning_effort: 'low',
    parallel_tool_calls: false,
    grammar: 'root',
    response_format: { type: 'json_object' },
  })
  expect([first?.headers['x-extra'], first?.headers['x-request']]).toEqual(['yes', '1'])
  expect(told).toEqual([
    'local/small: num_choices is not passed on: the AI SDK has no place for it',
    'local/small: its provider warns: unsupported: responseFormat: JSON response format schema is only supported with structuredOutputs',
  ])
})

it('sends tools and takes their calls, also those whose arguments cannot be read', async () => {
  await using server = await startOpenAiServer([
    call(
      { id: 'a', name: 'weather', arguments: '{"city":"Rome"}' },
      { id: 'b', name: 'weather', arguments: '{"city":' },
    ),
  ])

  const output = await aiSdkModel(compatible(server.url)).generate(
    request([{ role: 'user', content: 'Weather in Rome?' }], { tools: [weather], toolChoice: { name: 'weather' } }),
  )

  expect(output.choices[0]?.message.tool_calls).toEqual([
    { id: 'a', function: 'weather', arguments: { city: 'Rome' }, type: 'function' },
    {
      id: 'b',
      function: 'weather',
      arguments: {},
      parse_error: expect.stringMatching(
        /^Error parsing the following tool call arguments:\n\n\{"city":\n\nError details: Unexpected end/,
      ),
      type: 'function',
    },
  ])
  expect(output.choices[0]?.stop_reason).toBe('tool_calls')
  expect(server.requests[0]?.body).toMatchObject({
    tools: [{ type: 'function', function: weather }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
  })
})

it('calls once, and explains what went wrong', async () => {
  await using server = await startOpenAiServer([
    wrongKey(key),
    rateLimit({ 'retry-after': '2' }),
    { status: 503, error: { message: 'Overloaded' } },
    { status: 404, error: { message: 'No such model' } },
    'hang up',
  ])
  const model = aiSdkModel(compatible(server.url), { keys: [key] })
  const failures = []
  for (let asked = 0; asked < 5; asked++) {
    failures.push(model.failure(await caught(model.generate(request([{ role: 'user', content: 'Go' }])))))
  }

  const common = { type: 'APICallError', retryAfterMs: undefined }
  expect(failures).toEqual([
    {
      ...common,
      message: 'Incorrect API key provided: [masked].',
      statusCode: 401,
      retryable: false,
      authentication: true,
    },
    {
      ...common,
      message: 'Rate limit reached',
      statusCode: 429,
      retryable: true,
      authentication: false,
      retryAfterMs: 2000,
    },
    { ...common, message: 'Overloaded', statusCode: 503, retryable: true, authentication: false },
    { ...common, message: 'No such model', statusCode: 404, retryable: false, authentication: false },
    {
      ...common,
      message: 'Cannot connect to API: other side closed',
      statusCode: undefined,
      retryable: true,
      authentication: false,
    },
  ])
  expect(server.requests.length).toBe(5)
})

it('rejects when the sample is over', async () => {
  await using server = await startOpenAiServer(['never'])
  const controller = new AbortController()
  const model = aiSdkModel(compatible(server.url))
  const answer = model.generate({ ...request([{ role: 'user', content: 'Go' }]), abortSignal: controller.signal })
  setTimeout(() => controller.abort(), 50)

  expect(model.failure(await caught(answer))).toMatchObject({ type: 'AbortError', retryable: false })
})

it('makes an output of what a provider refuses for its length or its content, as Inspect does', async () => {
  await using server = await startOpenAiServer([
    { status: 400, error: { message: 'Too many tokens', code: 'context_length_exceeded' } },
    { status: 400, error: { message: 'Not this', code: 'content_filter' } },
  ])
  const model = aiSdkModel(compatible(server.url))

  const outputs = [await model.generate(request([])), await model.generate(request([]))]

  expect(outputs.map(({ completion, choices }) => [completion, choices[0]?.stop_reason])).toEqual([
    ['Too many tokens', 'model_length'],
    ['Not this', 'content_filter'],
  ])
})

it('speaks with models of all versions of the SDK', async () => {
  const flat = { inputTokens: 12, outputTokens: 5, totalTokens: 17, cachedInputTokens: 4, reasoningTokens: 2 }
  const grouped = {
    inputTokens: { total: 12, noCache: 7, cacheRead: 4, cacheWrite: 1 },
    outputTokens: { total: 5, text: 3, reasoning: 2 },
  }
  const content = [{ type: 'text' as const, text: 'Hello' }]
  const models: LanguageModel[] = [
    new MockLanguageModelV2({ doGenerate: { content, finishReason: 'length', usage: flat, warnings: [] } }),
    new MockLanguageModelOf6({
      doGenerate: { content, finishReason: { unified: 'length', raw: undefined }, usage: grouped, warnings: [] },
    }),
    new MockLanguageModelV3({
      doGenerate: { content, finishReason: { unified: 'length', raw: undefined }, usage: grouped, warnings: [] },
    }),
    new MockLanguageModelV4({
      doGenerate: { content, finishReason: { unified: 'length', raw: undefined }, usage: grouped, warnings: [] },
    }),
  ]

  const outputs = await Promise.all(models.map((model) => aiSdkModel(model).generate(request([]))))

  const ofCache = { input_tokens: 7, input_tokens_cache_read: 4, input_tokens_cache_write: 1 }
  const common = { output_tokens: 5, total_tokens: 17, reasoning_tokens: 2 }
  expect(outputs.map(({ completion, usage, choices }) => [completion, choices[0]?.stop_reason, usage])).toEqual([
    ['Hello', 'max_tokens', { ...common, input_tokens: 8, input_tokens_cache_read: 4 }],
    ['Hello', 'max_tokens', { ...common, ...ofCache }],
    ['Hello', 'max_tokens', { ...common, ...ofCache }],
    ['Hello', 'max_tokens', { ...common, ...ofCache }],
  ])
})
