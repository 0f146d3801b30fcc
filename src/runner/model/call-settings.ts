import { isObject } from '../../hooks/is-object.ts'
import type { GenerateConfig, Json } from '../../inspect/records.ts'
import type { CallOptions, LanguageModel, ProviderMetadata } from './language-model.ts'
import { notForProviders } from './call-mechanics.ts'
import { isOpenAiCompatible, providerKey } from './provider-key.ts'

/** Where the settings of a call go. */
export interface CallSettings {
  readonly options: Partial<CallOptions>
  readonly headers: { readonly [name: string]: string }
  /** Settings, in Inspect's names, for which this model has no place. */
  readonly unused: readonly string[]
}

const standard: { readonly [setting: string]: string } = {
  max_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  stop_seqs: 'stopSequences',
  seed: 'seed',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
}

type Place = (value: Json) => { readonly [option: string]: Json }

function named(option: string): Place {
  return (value) => ({ [option]: value })
}

/** The options of providers, of which the SDK has no common ones. */
const special: { readonly [key: string]: { readonly [setting: string]: Place } } = {
  openai: {
    reasoning_effort: named('reasoningEffort'),
    reasoning_summary: named('reasoningSummary'),
    parallel_tool_calls: named('parallelToolCalls'),
    logit_bias: named('logitBias'),
    verbosity: named('textVerbosity'),
  },
  anthropic: {
    reasoning_tokens: (budgetTokens) => ({ thinking: { type: 'enabled', budgetTokens } }),
    effort: named('effort'),
    parallel_tool_calls: (value) => ({ disableParallelToolUse: value === false }),
  },
  bedrock: { reasoning_tokens: (budgetTokens) => ({ reasoningConfig: { type: 'enabled', budgetTokens } }) },
  google: { reasoning_tokens: (thinkingBudget) => ({ thinkingConfig: { thinkingBudget, includeThoughts: true } }) },
  groq: { reasoning_effort: named('reasoningEffort'), parallel_tool_calls: named('parallelToolCalls') },
  xai: { reasoning_effort: named('reasoningEffort') },
}

/** Bodies of OpenAI-compatible servers, whose names are those of Inspect's settings but for these. */
const compatible: { readonly [setting: string]: Place } = {
  reasoning_effort: named('reasoningEffort'),
  verbosity: named('textVerbosity'),
  parallel_tool_calls: named('parallel_tool_calls'),
  logit_bias: named('logit_bias'),
  logprobs: named('logprobs'),
  top_logprobs: named('top_logprobs'),
  best_of: named('best_of'),
}

/** Sorts a config, in Inspect's names, into what `doGenerate` takes. */
export function callSettings(config: GenerateConfig, model: LanguageModel): CallSettings {
  const key = providerKey(model)
  const places = isOpenAiCompatible(model) ? compatible : (special[key] ?? {})
  const options: { [name: string]: unknown } = {}
  const own: { [option: string]: Json } = {}
  let headers = {}
  const unused: string[] = []
  for (const [setting, value] of Object.entries(config)) {
    if (value === undefined || value === null || notForProviders.has(setting)) continue
    const name = standard[setting]
    const place = Object.hasOwn(places, setting) ? places[setting] : undefined
    if (name !== undefined) options[name] = value
    else if (setting === 'reasoning_effort' && model.specificationVersion === 'v4') options['reasoning'] = value
    else if (setting === 'response_schema' && isObject(value)) options['responseFormat'] = responseFormat(value)
    else if (setting === 'extra_headers' && isObject(value)) headers = value
    else if (setting === 'extra_body' && isObject(value)) Object.assign(own, value)
    else if (place) Object.assign(own, place(value))
    else unused.push(setting)
  }
  const providerOptions: ProviderMetadata | undefined = Object.keys(own).length > 0 ? { [key]: own } : undefined
  return { options: providerOptions ? { ...options, providerOptions } : options, headers, unused }
}

/** Of Inspect's `ResponseSchema`. */
function responseFormat({ name, description, json_schema: schema }: { readonly [field: string]: unknown }): unknown {
  return {
    type: 'json',
    schema,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  }
}
