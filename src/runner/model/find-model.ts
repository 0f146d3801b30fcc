import { EvalspanError } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import { badOption } from '../options/bad-option.ts'
import { aiSdkModel } from './ai-sdk-model.ts'
import { isLanguageModel, type LanguageModel } from './language-model.ts'
import { loadModule } from './load-module.ts'
import { mockModel } from './mock-model.ts'
import type { ModelApi } from './model-api.ts'

export interface FindModelOptions {
  /** Whose packages are searched: the project's; the working folder when left out. */
  readonly folder?: string | undefined
  readonly environment?: { readonly [variable: string]: string | undefined } | undefined
}

/** Where the SDK calls a provider otherwise than Inspect does. */
const aliases: { readonly [provider: string]: string } = {
  azureai: 'azure',
  bedrock: 'amazon-bedrock',
  grok: 'xai',
  together: 'togetherai',
  vertex: 'google-vertex',
}

/**
 * The model that a name such as `openai/gpt-4o` stands for: from the provider's package for the AI SDK, which is the user's
 * to install and reads its key from the variable it documents. `openai-compatible/MODEL` speaks to the server in
 * `OPENAI_BASE_URL`, and `openai-api/SERVICE/MODEL`, as in Inspect, to the one in `SERVICE_BASE_URL`. `mockllm/model` needs
 * neither. Throws an `EvalspanError` that says what is missing.
 */
export async function findModel(name: string, options: FindModelOptions = {}): Promise<ModelApi> {
  const { provider, modelId } = splitModelName(name)
  if (provider === 'mockllm') return mockModel(undefined, { model: modelId })
  if (provider === 'openai-compatible') return compatibleModel(provider, modelId, 'OPENAI', options)
  if (provider === 'openai-api') {
    const [, service, model] = /^([^/]+)\/(.+)$/s.exec(modelId) ?? []
    if (service === undefined || model === undefined) {
      throw badOption(`'${name}' names no service: write openai-api/SERVICE/MODEL`)
    }
    return compatibleModel(service, model, service.toUpperCase().replaceAll('-', '_'), options)
  }
  const instance = await providerInstance(aliases[provider] ?? provider, name, options)
  return aiSdkModel(checked(instance.languageModel(modelId), name), { provider })
}

/** Throws a `BAD_OPTION` error for what has not both. */
export function splitModelName(name: string): { readonly provider: string; readonly modelId: string } {
  const [, provider, modelId] = /^([^/\s]+)\/(.+)$/s.exec(name.trim()) ?? []
  if (provider !== undefined && modelId !== undefined) return { provider, modelId }
  throw badOption(`'${name}' names no model: write PROVIDER/MODEL, such as openai/gpt-4o`)
}

async function compatibleModel(
  name: string,
  modelId: string,
  prefix: string,
  { folder = process.cwd(), environment = process.env }: FindModelOptions,
): Promise<ModelApi> {
  const baseUrl = environment[`${prefix}_BASE_URL`]
  if (!baseUrl) throw badOption(`${name}/${modelId} needs the address of its server: set ${prefix}_BASE_URL`)
  const apiKey = environment[`${prefix}_API_KEY`]
  const packageName = '@ai-sdk/openai-compatible'
  const module = await loadModule(packageName, folder)
  if (!module) throw missing(`${name}/${modelId}`, packageName)
  const { createOpenAICompatible: create } = module
  if (typeof create !== 'function') throw badOption(`${packageName} does not export createOpenAICompatible: update it`)
  const instance: unknown = Reflect.apply(create, undefined, [{ name, baseURL: baseUrl, apiKey }])
  if (!isProvider(instance)) throw badOption(`${packageName} makes no provider: update it`)
  return aiSdkModel(checked(instance.languageModel(modelId), name), { provider: name, keys: apiKey ? [apiKey] : [] })
}

interface Provider {
  languageModel(modelId: string): unknown
}

async function providerInstance(
  provider: string,
  name: string,
  { folder = process.cwd() }: FindModelOptions,
): Promise<Provider> {
  const official = `@ai-sdk/${provider}`
  const conventional = [
    official,
    `@${provider}/ai-sdk-provider`,
    `${provider}-ai-provider`,
    `${provider}-ai-provider-v2`,
    `ai-sdk-provider-${provider}`,
  ]
  for (const packageName of conventional) {
    const module = await loadModule(packageName, folder)
    if (!module) continue
    const named = module[camelCase(provider)]
    const instance = [
      named,
      provider === 'amazon-bedrock' ? module['bedrock'] : undefined,
      ...Object.values(module),
    ].find(isProvider)
    if (instance) return instance
    throw badOption(`${packageName}, for the model '${name}', exports no provider: pass a model instead of its name`)
  }
  throw missing(`the model '${name}'`, official)
}

function isProvider(value: unknown): value is Provider {
  return (
    (typeof value === 'function' || isObject(value)) &&
    'languageModel' in value &&
    typeof value.languageModel === 'function'
  )
}

function camelCase(text: string): string {
  return text.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function checked(model: unknown, name: string): LanguageModel {
  if (isLanguageModel(model)) return model
  throw badOption(`'${name}' is made by a version of its package that evalspan does not know: use one for ai 5, 6 or 7`)
}

function missing(what: string, packageName: string): EvalspanError {
  return new EvalspanError(
    'MISSING_PACKAGE',
    `${what} needs a package that is not installed: npm install ${packageName}`,
  )
}
