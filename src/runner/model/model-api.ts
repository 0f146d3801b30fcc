import type { ChatMessage, GenerateConfig, ModelOutput, ToolChoice, ToolInfo } from '../../inspect/records.ts'

/** One attempt of a call, after all hooks had their say. */
export interface ModelRequest {
  readonly input: readonly ChatMessage[]
  readonly tools: readonly ToolInfo[]
  readonly toolChoice: ToolChoice | undefined
  readonly config: GenerateConfig
  /** Aborted when the sample is over. */
  readonly abortSignal: AbortSignal
  /** The same attempt has the same headers for all of its requests. */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** What is to be known of a failed attempt. */
export interface CallFailure {
  /** The name of the error's class: `APICallError`. */
  readonly type: string
  readonly message: string
  readonly statusCode?: number | undefined
  /** Another attempt may do better: a rate limit, an overloaded server, a broken connection. */
  readonly retryable: boolean
  /** The provider refused the key. */
  readonly authentication: boolean
  /** The wait that the server asked for. */
  readonly retryAfterMs?: number | undefined
}

/** A model as the runner calls it. It does not retry by itself. */
export interface ModelApi {
  /** `openai`. */
  readonly provider: string
  /** As the provider knows it: `gpt-4o`. */
  readonly model: string
  /** The address of its server: the cache keeps answers of one server apart from those of another. */
  readonly baseUrl?: string | undefined
  /** How many calls may be under way at once, when the user does not say. */
  readonly maxConnections?: number | undefined
  /** Rejects for a failed attempt. Each message has an `id` in what it gives. */
  generate(request: ModelRequest): Promise<ModelOutput>
  /** Explains what `generate` rejected with. */
  failure(error: unknown): CallFailure
  /** The wait after the attempt of that number, from 1, where it is not the usual one. */
  retryWaitMs?(attempt: number, failure: CallFailure): number | undefined
}
