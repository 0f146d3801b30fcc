import type { ModelUsage } from '../../inspect/records.ts'
import { isObject } from '../../hooks/is-object.ts'
import type { GenerateResult, LanguageModel, ProviderMetadata, TokenGroup } from './language-model.ts'
import { providerKey } from './provider-key.ts'

/** The usage of a call as Inspect has it: without the cached tokens in `input_tokens`. Undefined when nothing is known. */
export function modelUsage({ usage, providerMetadata }: GenerateResult, model: LanguageModel): ModelUsage | undefined {
  if (!usage) return undefined
  const { inputTokens, outputTokens } = usage
  const input: TokenGroup =
    typeof inputTokens === 'object'
      ? inputTokens
      : flatInput(inputTokens, usage.cachedInputTokens, providerKey(model), providerMetadata)
  const output: TokenGroup =
    typeof outputTokens === 'object' ? outputTokens : { total: outputTokens, reasoning: usage.reasoningTokens }
  const known = [input.total, input.noCache, output.total, usage.totalTokens].some(
    (count) => tokens(count) !== undefined,
  )
  if (!known) return undefined

  const read = tokens(input.cacheRead)
  const write = tokens(input.cacheWrite)
  const cached = (read ?? 0) + (write ?? 0)
  const fresh = tokens(input.noCache) ?? Math.max(0, (tokens(input.total) ?? 0) - cached)
  const written = tokens(output.total) ?? 0
  return {
    input_tokens: fresh,
    output_tokens: written,
    total_tokens: Math.max(fresh + cached + written, tokens(usage.totalTokens) ?? 0),
    ...(write === undefined ? {} : { input_tokens_cache_write: write }),
    ...(read === undefined ? {} : { input_tokens_cache_read: read }),
    ...optional('reasoning_tokens', tokens(output.reasoning)),
  }
}

/** `v2`: of Anthropic's models the input leaves out cached tokens, and only the metadata tells what the cache took in. */
function flatInput(
  total: number | undefined,
  cacheRead: number | undefined,
  key: string,
  metadata: ProviderMetadata | undefined,
): TokenGroup {
  if (key !== 'anthropic' && key !== 'bedrock') return { total, cacheRead }
  const own: unknown = metadata?.[key]
  const written = isObject(own)
    ? (own['cacheCreationInputTokens'] ?? usageOf(own)?.['cacheWriteInputTokens'])
    : undefined
  return { noCache: total, cacheRead, cacheWrite: typeof written === 'number' ? written : undefined }
}

function usageOf(metadata: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } | undefined {
  return isObject(metadata['usage']) ? metadata['usage'] : undefined
}

/** Some providers give `NaN` for what they do not know. */
function tokens(count: number | undefined): number | undefined {
  return typeof count === 'number' && Number.isFinite(count) ? count : undefined
}

function optional(name: string, value: number | undefined): { [name: string]: number } {
  return value === undefined ? {} : { [name]: value }
}
