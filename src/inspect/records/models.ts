import type { Json } from './values.ts'

/** Tokens of a call or of many. `input_tokens` leaves out cached ones (since 0.3.184); `total_cost` is in US dollars. */
export interface ModelUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly total_tokens: number
  readonly input_tokens_cache_write?: number | undefined
  readonly input_tokens_cache_read?: number | undefined
  readonly reasoning_tokens?: number | undefined
  readonly total_cost?: number | undefined
}

export interface ToolCall {
  readonly id: string
  readonly function: string
  readonly arguments: { readonly [key: string]: Json }
  readonly type?: string | undefined
  readonly parse_error?: string | undefined
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly id?: string | undefined
  readonly content: string | readonly { readonly type: string; readonly [key: string]: Json | undefined }[]
  readonly source?: string | undefined
  readonly tool_calls?: readonly ToolCall[] | undefined
  readonly tool_call_id?: string | readonly string[] | undefined
  readonly function?: string | undefined
  readonly error?: { readonly type: string; readonly message: string } | undefined
  readonly model?: string | undefined
}

export interface ToolInfo {
  readonly name: string
  readonly description: string
  readonly parameters: { readonly [key: string]: Json }
}

export type ToolChoice = 'auto' | 'any' | 'none' | { readonly name: string }

/** How a model is called: `temperature`, `max_tokens`, `seed`, … */
export interface GenerateConfig {
  readonly [key: string]: Json | undefined
}

export interface ModelOutput {
  /** The name the provider answered with, often without the provider's prefix. */
  readonly model: string
  readonly choices: readonly {
    readonly message: ChatMessage
    readonly stop_reason: string
  }[]
  readonly completion?: string | undefined
  readonly usage?: ModelUsage | undefined
  /** Tokens of the input, those of the provider's cache too. */
  readonly input_context_tokens?: number | undefined
  /** Seconds of the successful request alone. */
  readonly time?: number | undefined
  readonly error?: string | undefined
  /** The provider's id of the answer. */
  readonly response_id?: string | undefined
}

export interface ModelCall {
  readonly request: { readonly [key: string]: Json }
  readonly response?: { readonly [key: string]: Json } | undefined
  readonly error?: boolean | undefined
  readonly time?: number | undefined
}
