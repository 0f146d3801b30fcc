import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findModel } from '../../../src/runner/model/find-model.ts'
import { say, startOpenAiServer } from '../openai-server.ts'
import { caught, request } from './request.ts'

const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'project-'))
  await mkdir(join(folder, 'node_modules/@ai-sdk'), { recursive: true })
  await symlink(join(installed, '@ai-sdk/openai-compatible'), join(folder, 'node_modules/@ai-sdk/openai-compatible'))
  await writePackage('@ai-sdk/echo-two', providerCode('echoTwo'))
  await writePackage(
    '@ai-sdk/amazon-bedrock',
    `export const createAmazonBedrock = () => {}\n${providerCode('bedrock')}`,
  )
  await writePackage('ollama-ai-provider', providerCode('anythingElse'))
  await writePackage('@ai-sdk/conditional', providerCode('conditional'), {
    '.': { types: './index.d.ts', import: [{ browser: './none.js' }, { default: './index.js' }] },
  })
  await writePackage('@ai-sdk/bare', providerCode('bare'), null)
  await writePackage('@ai-sdk/broken', "throw new Error('out of order')")
  await writePackage('@ai-sdk/empty', 'export const nothing = 1')
  await writePackage('@ai-sdk/old', providerCode('old', 'v1'))
})

afterAll(() => rm(folder, { recursive: true }))

function providerCode(name: string, version = 'v3'): string {
  return `export const ${name} = Object.assign(() => {}, { languageModel: (modelId) => ({
    specificationVersion: '${version}', provider: 'x.chat', modelId,
    doGenerate: () => ({ content: [{ type: 'text', text: '${name}' }], finishReason: 'stop', warnings: [] }) }) })`
}

async function writePackage(name: string, code: string, exports: unknown = './index.js'): Promise<void> {
  const file = join(folder, 'node_modules', name, 'index.js')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, code)
  await writeFile(join(dirname(file), 'package.json'), JSON.stringify({ name, type: 'module', exports }))
}

it.each([
  ['echo-two/a/b', ['echo-two', 'a/b', 'echoTwo']],
  ['bedrock/claude', ['bedrock', 'claude', 'bedrock']],
  ['ollama/llama', ['ollama', 'llama', 'anythingElse']],
  ['conditional/x', ['conditional', 'x', 'conditional']],
  ['bare/x', ['bare', 'x', 'bare']],
  ['mockllm/model', ['mockllm', 'model', 'Default output from mockllm/model']],
])('finds %s', async (name, expected) => {
  const model = await findModel(name, { folder })

  expect([model.provider, model.model, (await model.generate(request([]))).completion]).toEqual(expected)
})

it('speaks to servers that are compatible with OpenAI', async () => {
  await using server = await startOpenAiServer([say('Yes.')])
  const environment = {
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: 'key-of-openai',
    MY_LAB_BASE_URL: server.url,
    MY_LAB_API_KEY: 'key-of-lab',
  }
  const models = await Promise.all(
    ['openai-compatible/org/small', 'openai-api/my-lab/small'].map((name) => findModel(name, { folder, environment })),
  )

  for (const model of models) await model.generate(request([{ role: 'user', content: 'Go' }]))

  expect(models.map(({ provider, model }) => `${provider}/${model}`)).toEqual([
    'openai-compatible/org/small',
    'my-lab/small',
  ])
  expect(server.requests.map(({ headers, body }) => [headers.authorization, body['model']])).toEqual([
    ['Bearer key-of-openai', 'org/small'],
    ['Bearer key-of-lab', 'small'],
  ])
})

it.each([
  ['gpt-4o', 'BAD_OPTION', "'gpt-4o' names no model: write PROVIDER/MODEL, such as openai/gpt-4o"],
  [
    'nobody/x',
    'MISSING_PACKAGE',
    "the model 'nobody/x' needs a package that is not installed: npm install @ai-sdk/nobody",
  ],
  ['broken/x', 'MISSING_PACKAGE', '@ai-sdk/broken cannot be loaded (out of order): npm install @ai-sdk/broken'],
  [
    'empty/x',
    'BAD_OPTION',
    "@ai-sdk/empty, for the model 'empty/x', exports no provider: pass a model instead of its name",
  ],
  [
    'old/x',
    'BAD_OPTION',
    "'old/x' is made by a version of its package that evalspan does not know: use one for ai 5, 6 or 7",
  ],
  ['openai-compatible/x', 'BAD_OPTION', 'openai-compatible/x needs the address of its server: set OPENAI_BASE_URL'],
  ['openai-api/x', 'BAD_OPTION', "'openai-api/x' names no service: write openai-api/SERVICE/MODEL"],
])('says what is wrong with %s', async (name, code, message) => {
  expect(await caught(findModel(name, { folder, environment: {} }))).toMatchObject({ code, message })
})
