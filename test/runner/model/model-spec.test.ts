import type { LanguageModel } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { expect, it } from 'vitest'
import { mockModel } from '../../../src/runner/model/mock-model.ts'
import { keyedModel, openModel } from '../../../src/runner/model/model-spec.ts'
import { caught } from './request.ts'

const sdkModel = new MockLanguageModelV4({ provider: 'openai.chat', modelId: 'gpt-4o' })

it('takes a model in each of its forms', async () => {
  const own = mockModel()
  // What variables of users are declared as.
  const declared: LanguageModel = sdkModel
  const keys: string[] = []
  const keyed = {
    apiKey: 'OPENAI_API_KEY',
    create: (key: string) => {
      keys.push(key)
      return sdkModel
    },
  }
  const models = [await openModel(declared), await openModel('mockllm/model'), keyedModel(keyed, 'a-key')]

  expect(models.map(({ provider, model }) => `${provider}/${model}`)).toEqual([
    'openai/gpt-4o',
    'mockllm/model',
    'openai/gpt-4o',
  ])
  expect(await openModel(own)).toBe(own)
  expect(keys).toEqual(['a-key'])
})

it('does not show the key that it was made with', () => {
  const model = keyedModel({ apiKey: 'X_API_KEY', create: () => sdkModel }, 'very-secret')

  expect(model.failure(new Error('wrong: very-secret')).message).toBe('wrong: [masked]')
})

const forms =
  "Give a name such as 'openai/gpt-4o', a model of the AI SDK such as openai('gpt-4o'), or { apiKey: 'OPENAI_API_KEY', create: (key) => … }"

it.each<[unknown, string]>([
  [undefined, `no model: this is undefined. ${forms}`],
  [{ model: 'x' }, `no model: this is another object. ${forms}`],
  [
    () => sdkModel,
    `no model: this is a function, perhaps a provider that is still to be called with the name of a model. ${forms}`,
  ],
  [
    { specificationVersion: 'v9', provider: 'x', modelId: 'y', doGenerate: () => {} },
    `no model: this model speaks version 'v9' of the AI SDK's interface, and v2, v3 and v4 are known. ${forms}`,
  ],
])('says what is wrong with another thing (%#)', async (spec, message) => {
  expect(await caught(openModel(spec as LanguageModel))).toMatchObject({
    code: 'BAD_OPTION',
    message,
  })
})

it('says what is wrong with a model of a key', () => {
  const create = (): typeof sdkModel => sdkModel
  expect(() => keyedModel({ apiKey: 'X_API_KEY', create }, undefined)).toThrow('the model needs a key: set X_API_KEY')
  expect(() => keyedModel({ apiKey: 'KEY', create: () => 'gpt' as never }, 'k')).toThrow(
    "'create' of the model with KEY gives no model: this is string",
  )
})
