import type { LanguageModel } from './language-model.ts'

const keys: { readonly [provider: string]: string } = {
  azure: 'openai',
  'amazon-bedrock': 'bedrock',
  vertex: 'google',
}

/** Under which name a model looks for its own options, and puts its own metadata: `openai` for `openai.chat`. */
export function providerKey(model: LanguageModel): string {
  if ('providerOptionsName' in model && typeof model.providerOptionsName === 'string') return model.providerOptionsName
  if (model.provider.startsWith('vertex.anthropic')) return 'anthropic'
  const provider = providerName(model)
  return keys[provider] ?? provider
}

/** `openai` for `openai.chat`. */
export function providerName({ provider }: LanguageModel): string {
  return provider.split('.')[0]!
}

export function speaksOpenAi(model: LanguageModel): boolean {
  return isOpenAiCompatible(model) || providerKey(model) === 'openai'
}

/** Models of `@ai-sdk/openai-compatible`, which send the options that they do not know as they are. */
export function isOpenAiCompatible(model: LanguageModel): boolean {
  return 'providerOptionsName' in model
}
