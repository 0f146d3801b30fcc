import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { expect, it } from 'vitest'
import { generate, getModel, mockModel, type ModelApi, type ModelSpec } from '../../src/index.ts'
import { baseUrlOf } from '../../src/runner/model/base-url.ts'
import { isLanguageModel } from '../../src/runner/model/language-model.ts'
import { temporaryCache } from './in-cache.ts'
import { temporaryFolders } from './in-folder.ts'
import { say, startOpenAiServer } from './openai-server.ts'
import { aTask, run } from './run.ts'

const newFolder = temporaryFolders()

async function answers(...models: readonly ModelSpec[]): Promise<(string | undefined)[]> {
  const said: (string | undefined)[] = []
  for (const model of models) {
    const { samples } = await run(aTask({ model, solver: generate({ cache: true }) }))
    said.push(samples[0]!.output?.completion)
  }
  return said
}

it('answers of one server are not those of another with a model of the same name', async () => {
  temporaryCache()
  await using a = await startOpenAiServer(() => say('a'))
  await using b = await startOpenAiServer(() => say('b'))
  const plain = (url: string) => createOpenAICompatible({ name: 'lab', baseURL: url })('small')
  const keyed = (url: string) => ({ apiKey: 'LAB_API_KEY', create: () => plain(url) })
  process.env['LAB_API_KEY'] = 'the-key'
  const said = await answers(plain(a.url), plain(b.url), plain(a.url), keyed(b.url), keyed(a.url))
  delete process.env['LAB_API_KEY']
  expect([said, a.requests.length, b.requests.length]).toEqual([['a', 'b', 'a', 'b', 'a'], 1, 1])
})

it('answers of one model of our own are not those of another of the same name', async () => {
  temporaryCache()
  const [one, two] = ['one', 'two'].map((said) => mockModel([said])) as [ModelApi, ModelApi]
  expect(await answers(one, two, one, two)).toEqual(['one', 'two', 'one', 'two'])
})

it('a model of our own that names its server shares what is known of it', async () => {
  temporaryCache()
  const at = (baseUrl: string, said: string): ModelApi => ({ ...mockModel([said]), baseUrl })
  expect(await answers(at('http://a', 'one'), at('http://b', 'two'), at('http://a', 'three'))).toEqual([
    'one',
    'two',
    'one',
  ])
})

it('a model that is named is the same one each time', async () => {
  temporaryCache()
  const model = await getModel('mockllm/model')
  await model.generate('2+2?', { cache: true })
  const again = await (await getModel('mockllm/model')).generate('2+2?', { cache: true })
  expect(again).toEqual(await model.generate('2+2?', { cache: true }))
})

it('a program that is run again has the answers of each of its models again', async () => {
  const cache = newFolder()
  const url = new URL('../../src/index.ts', import.meta.url).href
  const code = `
    import { getModel, mockModel } from ${JSON.stringify(url)}
    for (const name of ['one', 'two']) {
      const model = await getModel(mockModel(() => (console.log('asked'), name)))
      console.log((await model.generate('Hi', { cache: true })).completion)
    }`
  const start = async (): Promise<string> => {
    const env = { ...process.env, EVALSPAN_CACHE_DIR: cache }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { env })
    return stdout
  }
  expect([await start(), await start()]).toEqual(['asked\none\nasked\ntwo\n', 'one\ntwo\n'])
})

it.each<[string, unknown, string | undefined]>([
  ['a field', { baseURL: 'http://a/v1' }, 'http://a/v1'],
  ['a function', { baseUrl: () => 'http://a' }, 'http://a'],
  ['a function of the path', { url: (to: { path: string; modelId: string }) => `http://a${to.path}` }, 'http://a'],
  ['a promise, which comes too late', { baseURL: async () => 'http://a' }, undefined],
  [
    'a function that throws',
    {
      baseUrl: () => {
        throw new Error('no region')
      },
    },
    undefined,
  ],
  ['nothing', {}, undefined],
  ['no settings', undefined, undefined],
])('the address of a model of the AI SDK is found in %s', (_, config, expected) => {
  const model = {
    specificationVersion: 'v3',
    provider: 'lab.chat',
    modelId: 'small',
    doGenerate: async () => {},
    config,
  }
  if (!isLanguageModel(model)) throw new Error('unreachable')
  expect(baseUrlOf(model)).toBe(expected)
})
