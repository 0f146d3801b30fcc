import type { EvalspanError } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import { badOption } from '../options/bad-option.ts'
import { aiSdkModel } from './ai-sdk-model.ts'
import { findModel, splitModelName, type FindModelOptions } from './find-model.ts'
import { withoutKeys } from './hide-keys.ts'
import { isLanguageModel, looksLikeLanguageModel, type LanguageModel } from './language-model.ts'
import type { ModelApi } from './model-api.ts'
import { providerName } from './provider-key.ts'

/** A model that is made with a key, so that hooks may override the key (`overrideApiKey`) and renew one that expired. */
export interface KeyedModel {
  /** The variable that the key is in: `OPENAI_API_KEY`. */
  readonly apiKey: string
  readonly create: (key: string) => LanguageModel
}

/** A model, in any of the forms that `evaluate()` takes: of the AI SDK, a name such as `openai/gpt-4o`, with a key, or our own. */
export type ModelSpec = LanguageModel | ModelApi | string | KeyedModel

/** Makes ready the model that a user gave, unless it is one of a key. Throws an `EvalspanError` for what is no model, and says what would be one. */
export async function openModel(
  spec: Exclude<ModelSpec, KeyedModel>,
  options: FindModelOptions = {},
): Promise<ModelApi> {
  if (typeof spec === 'string') return findModel(spec, options)
  if (isModelApi(spec)) return spec
  if (isLanguageModel(spec)) return aiSdkModel(spec)
  throw noModel(spec)
}

/** Throws a `BAD_OPTION` error for what is no model, as far as that shows before it is opened. */
export function checkModelSpec(spec: unknown): asserts spec is ModelSpec {
  if (typeof spec === 'string') splitModelName(spec)
  else if (!isModelSpec(spec)) throw noModel(spec)
}

export function isModelSpec(spec: unknown): spec is ModelSpec {
  return typeof spec === 'string' || isKeyedModel(spec) || isModelApi(spec) || isLanguageModel(spec)
}

/** `provider/model`; of one with a key, which is yet to be made, the variable of the key. */
export function nameOfSpec(spec: ModelSpec): string {
  if (typeof spec === 'string') return spec
  if (isKeyedModel(spec)) return spec.apiKey
  return isModelApi(spec) ? `${spec.provider}/${spec.model}` : `${providerName(spec)}/${spec.modelId}`
}

/** The model of a key; to be made anew when a hook has another. */
export function keyedModel({ apiKey, create }: KeyedModel, key: string | undefined): ModelApi {
  if (key === undefined || key === '') throw badOption(`the model needs a key: set ${apiKey}`)
  let model: unknown
  try {
    model = create(key)
  } catch (error) {
    throw withoutKeys(error, [key])
  }
  if (!isLanguageModel(model)) throw badOption(`'create' of the model with ${apiKey} gives no model: ${wrong(model)}`)
  return aiSdkModel(model, { keys: [key] })
}

export function isKeyedModel(spec: unknown): spec is KeyedModel {
  return isObject(spec) && typeof spec['apiKey'] === 'string' && typeof spec['create'] === 'function'
}

function isModelApi(spec: unknown): spec is ModelApi {
  return (
    isObject(spec) &&
    typeof spec['provider'] === 'string' &&
    typeof spec['model'] === 'string' &&
    typeof spec['generate'] === 'function' &&
    typeof spec['failure'] === 'function'
  )
}

const forms =
  "Give a name such as 'openai/gpt-4o', a model of the AI SDK such as openai('gpt-4o'), or { apiKey: 'OPENAI_API_KEY', create: (key) => … }"

function noModel(spec: unknown): EvalspanError {
  return badOption(`no model: ${wrong(spec)}. ${forms}`)
}

function wrong(spec: unknown): string {
  if (typeof spec === 'function')
    return 'this is a function, perhaps a provider that is still to be called with the name of a model'
  if (looksLikeLanguageModel(spec)) {
    return `this model speaks version '${String(spec['specificationVersion'])}' of the AI SDK's interface, and v2, v3 and v4 are known`
  }
  return spec === null ? 'this is null' : `this is ${typeof spec === 'object' ? 'another object' : typeof spec}`
}
