import { MockLanguageModelV4 } from 'ai/test'
import { MockLanguageModelV2 } from 'ai5/test'
import { expect, it } from 'vitest'
import type { GenerateResult } from '../../../src/runner/model/language-model.ts'
import { modelUsage } from '../../../src/runner/model/usage.ts'

function result(usage: GenerateResult['usage'], providerMetadata?: GenerateResult['providerMetadata']): GenerateResult {
  return { content: [], finishReason: 'stop', usage, providerMetadata }
}

it('adds to the input of Anthropic, of version 5, what its cache took and gave', () => {
  expect(
    modelUsage(
      result(
        { inputTokens: 3, outputTokens: 5, totalTokens: 8, cachedInputTokens: 20 },
        { anthropic: { cacheCreationInputTokens: 10 } },
      ),
      new MockLanguageModelV2({ provider: 'anthropic.messages' }),
    ),
  ).toEqual({
    input_tokens: 3,
    output_tokens: 5,
    total_tokens: 38,
    input_tokens_cache_read: 20,
    input_tokens_cache_write: 10,
  })
})

it('computes the input without the cache where a provider does not tell it', () => {
  expect(
    modelUsage(
      result({ inputTokens: { total: 30, cacheRead: 20 }, outputTokens: { total: 5 } }),
      new MockLanguageModelV4(),
    ),
  ).toEqual({ input_tokens: 10, output_tokens: 5, total_tokens: 35, input_tokens_cache_read: 20 })
})

it('knows nothing where a provider tells nothing', () => {
  const model = new MockLanguageModelV2()

  expect([
    modelUsage(result(undefined), model),
    modelUsage(result({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }), model),
    modelUsage(result({ inputTokens: Number.NaN, outputTokens: Number.NaN, totalTokens: Number.NaN }), model),
  ]).toEqual([undefined, undefined, undefined])
})
