import { isObject } from '../../hooks/is-object.ts'
import type { Content } from './media.ts'
import type { LanguageModel, PromptPart, ProviderMetadata, ResultPart } from './language-model.ts'
import { fromInternal, toInternal } from './provider-metadata.ts'
import { providerKey } from './provider-key.ts'

/** Reasoning as Inspect has it: with the signature, and what cannot be read in place of what can. */
export function fromReasoning({ text = '', providerMetadata }: ResultPart): Content {
  const hidden = find(providerMetadata, ['redactedData', 'reasoningEncryptedContent'])
  const signature = find(providerMetadata, ['signature', 'thoughtSignature'])
  return {
    ...toInternal(providerMetadata),
    type: 'reasoning',
    reasoning: hidden ?? text,
    ...(hidden !== undefined && text !== '' ? { summary: text } : {}),
    ...(signature === undefined ? {} : { signature }),
    redacted: hidden !== undefined,
  }
}

/** Reasoning to be sent again; what has a signature only, as in logs of Inspect itself, gets it back too. */
export function toReasoning(content: Content, model: LanguageModel): PromptPart {
  const { reasoning, summary, signature, redacted } = content
  const text = redacted === true ? summary : reasoning
  const kept = fromInternal(content)
  const options = kept.providerOptions || typeof signature !== 'string' ? kept : signed(signature, providerKey(model))
  return { type: 'reasoning', text: typeof text === 'string' ? text : '', ...options }
}

function signed(signature: string, key: string): { readonly providerOptions?: ProviderMetadata } {
  if (key === 'anthropic' || key === 'bedrock') return { providerOptions: { [key]: { signature } } }
  return key === 'google' ? { providerOptions: { [key]: { thoughtSignature: signature } } } : {}
}

function find(metadata: ProviderMetadata | undefined, names: readonly string[]): string | undefined {
  for (const own of Object.values(metadata ?? {})) {
    const value = isObject(own)
      ? names.map((name) => own[name]).find((candidate) => typeof candidate === 'string')
      : undefined
    if (typeof value === 'string') return value
  }
  return undefined
}
