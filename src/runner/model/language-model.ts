import { isObject } from '../../hooks/is-object.ts'
import type { Json } from '../../inspect/records.ts'

/**
 * A model as the AI SDK has it: what `openai('gpt-4o')` of `@ai-sdk/openai` gives, for versions 5 to 7 of `ai`. It is
 * recognised by this shape, so no copy of the SDK has to be ours.
 */
export interface LanguageModel {
  /** `v2` for `ai` 5, `v3` for 6, `v4` for 7. */
  readonly specificationVersion: string
  /** `openai.chat`. */
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<unknown>
}

export type Specification = 'v2' | 'v3' | 'v4'

const specifications: ReadonlySet<unknown> = new Set<Specification>(['v2', 'v3', 'v4'])

/** True for a model of the AI SDK of a version that we speak. */
export function isLanguageModel(value: unknown): value is LanguageModel {
  return looksLikeLanguageModel(value) && specifications.has(value['specificationVersion'])
}

/** True also for the versions before and after those. */
export function looksLikeLanguageModel(value: unknown): value is { readonly [field: string]: unknown } {
  return (
    isObject(value) &&
    typeof value['doGenerate'] === 'function' &&
    typeof value['specificationVersion'] === 'string' &&
    typeof value['provider'] === 'string' &&
    typeof value['modelId'] === 'string'
  )
}

/** What a provider wants to see again, by provider: `{ anthropic: { signature } }`. */
export type ProviderMetadata = { readonly [provider: string]: Json }

/** A file: in `v2` and `v3` base64 or a URL, in `v4` with a name for which of them. */
export type FileData =
  | string
  | URL
  | { readonly type: 'data'; readonly data: string }
  | { readonly type: 'url'; readonly url: URL }

/** A part of a message that is sent. */
export type PromptPart = { readonly type: string; readonly [field: string]: unknown }

export type PromptMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user' | 'assistant' | 'tool'; readonly content: readonly PromptPart[] }

/** What `doGenerate` takes, of all three specifications. */
export interface CallOptions {
  readonly prompt: readonly PromptMessage[]
  readonly maxOutputTokens?: number
  readonly responseFormat?: {
    readonly type: 'json'
    readonly schema?: Json
    readonly name?: string
    readonly description?: string
  }
  readonly tools?: readonly {
    readonly type: 'function'
    readonly name: string
    readonly description: string
    readonly inputSchema: Json
  }[]
  readonly toolChoice?:
    | { readonly type: 'auto' | 'none' | 'required' }
    | { readonly type: 'tool'; readonly toolName: string }
  readonly headers?: { readonly [name: string]: string }
  readonly providerOptions?: ProviderMetadata
  readonly abortSignal: AbortSignal
  /** Sampling settings, with the SDK's names: `temperature`, `topP`, … */
  readonly [setting: string]: unknown
}

export interface Citation {
  readonly source: ResultPart
  readonly startIndex?: number | undefined
  readonly endIndex?: number | undefined
  readonly citedText?: string | undefined
}

/** A part of an answer, with the fields of all its kinds. */
export interface ResultPart {
  readonly type: string
  readonly text?: string | undefined
  readonly citations?: readonly Citation[] | undefined
  readonly mediaType?: string | undefined
  readonly data?: unknown
  readonly id?: string | undefined
  readonly sourceType?: string | undefined
  readonly url?: string | undefined
  readonly title?: string | undefined
  readonly filename?: string | undefined
  readonly toolCallId?: string | undefined
  readonly toolName?: string | undefined
  readonly input?: unknown
  readonly result?: unknown
  readonly isError?: boolean | undefined
  readonly providerExecuted?: boolean | undefined
  readonly providerMetadata?: ProviderMetadata | undefined
}

/** Tokens: flat in `v2`, where the other fields of the input are top-level too; in groups since `v3`. */
export interface ResultUsage {
  readonly inputTokens?: number | TokenGroup | undefined
  readonly outputTokens?: number | TokenGroup | undefined
  readonly totalTokens?: number | undefined
  readonly reasoningTokens?: number | undefined
  readonly cachedInputTokens?: number | undefined
}

export interface TokenGroup {
  readonly total?: number | undefined
  readonly noCache?: number | undefined
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly reasoning?: number | undefined
}

/** What `doGenerate` gives, of all three specifications. */
export interface GenerateResult {
  readonly content: readonly ResultPart[]
  readonly finishReason: string | { readonly unified: string; readonly raw?: string | undefined }
  readonly usage?: ResultUsage | undefined
  readonly providerMetadata?: ProviderMetadata | undefined
  readonly response?: { readonly id?: string | undefined; readonly modelId?: string | undefined } | undefined
  readonly warnings?: readonly { readonly [field: string]: unknown }[] | undefined
}
