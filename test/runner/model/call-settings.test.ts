import { MockLanguageModelV3, MockLanguageModelV4 } from 'ai/test'
import { expect, it } from 'vitest'
import { callSettings } from '../../../src/runner/model/call-settings.ts'

const config = {
  reasoning_effort: 'high',
  reasoning_tokens: 2048,
  reasoning_summary: 'auto',
  parallel_tool_calls: false,
  verbosity: 'low',
  effort: 'low',
  top_k: 3,
}

it.each([
  [
    'openai.responses',
    {
      openai: { reasoningEffort: 'high', reasoningSummary: 'auto', parallelToolCalls: false, textVerbosity: 'low' },
    },
    ['reasoning_tokens', 'effort'],
  ],
  [
    'azure.chat',
    {
      openai: { reasoningEffort: 'high', reasoningSummary: 'auto', parallelToolCalls: false, textVerbosity: 'low' },
    },
    ['reasoning_tokens', 'effort'],
  ],
  [
    'anthropic.messages',
    { anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 }, disableParallelToolUse: true, effort: 'low' } },
    ['reasoning_effort', 'reasoning_summary', 'verbosity'],
  ],
  [
    'google.generative-ai',
    { google: { thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } } },
    ['reasoning_effort', 'reasoning_summary', 'parallel_tool_calls', 'verbosity', 'effort'],
  ],
  [
    'other',
    undefined,
    ['reasoning_effort', 'reasoning_tokens', 'reasoning_summary', 'parallel_tool_calls', 'verbosity', 'effort'],
  ],
])('puts settings where %s looks for them', (provider, providerOptions, unused) => {
  expect(callSettings(config, new MockLanguageModelV3({ provider }))).toEqual({
    options: providerOptions === undefined ? { topK: 3 } : { topK: 3, providerOptions },
    headers: {},
    unused,
  })
})

it('leaves reasoning effort to the SDK since version 7', () => {
  const model = new MockLanguageModelV4({ provider: 'google.generative-ai' })

  expect(callSettings({ reasoning_effort: 'high' }, model)).toEqual({
    options: { reasoning: 'high' },
    headers: {},
    unused: [],
  })
})

it('passes the schema of an answer on', () => {
  const withSchema = {
    response_schema: { name: 'color', description: 'A color', json_schema: { type: 'object' }, strict: true },
  }

  expect(callSettings(withSchema, new MockLanguageModelV4()).options).toEqual({
    responseFormat: { type: 'json', name: 'color', description: 'A color', schema: { type: 'object' } },
  })
})
