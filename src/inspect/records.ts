/**
 * The records of Inspect AI's logs, as types. Names and shapes are Inspect's own (snake_case, null fields left out),
 * from its OpenAPI schema of release 0.3.285 (`_view/inspect-openapi.json`); older releases leave more fields out.
 * Integers beyond 2^53 are decimal strings.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** ISO 8601 with offset, up to microseconds: `2026-11-21T05:56:09.518245+00:00`. */
export type Timestamp = string

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

export interface EvalError {
  readonly message: string
  readonly traceback: string
  readonly traceback_ansi: string
}

/** The error of an attempt that was retried, with what is left of the attempt's events. */
export interface EvalRetryError extends EvalError {
  readonly events?: readonly Event[] | undefined
}

export type ScoreValue = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }

export interface Provenance {
  readonly timestamp?: Timestamp | undefined
  readonly author?: string | undefined
  readonly reason?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}

export interface ScoreEdit {
  readonly value?: ScoreValue | undefined
  readonly answer?: string | undefined
  readonly explanation?: string | undefined
  readonly metadata?: Json | undefined
  readonly provenance?: Provenance | undefined
}

export interface Score {
  /** `NaN` means unscored. */
  readonly value: ScoreValue
  readonly answer?: string | undefined
  readonly explanation?: string | undefined
  /** Why it is unscored. */
  readonly reason?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  /** The original first, then the edits, when somebody changed the score afterwards. */
  readonly history?: readonly ScoreEdit[] | undefined
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

interface EventBase {
  readonly uuid?: string | undefined
  /** The span that enclosed the event when it was created. */
  readonly span_id?: string | undefined
  readonly timestamp: Timestamp
  readonly working_start?: number | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  /** True while unfinished, left out when done. */
  readonly pending?: boolean | undefined
}

/** One attempt of a model call, or one answer from the cache. */
export interface ModelEvent extends EventBase {
  readonly event: 'model'
  readonly model: string
  readonly role?: string | undefined
  readonly input: readonly ChatMessage[]
  readonly tools?: readonly ToolInfo[] | undefined
  readonly tool_choice?: ToolChoice | undefined
  readonly config?: GenerateConfig | undefined
  readonly output?: ModelOutput | undefined
  readonly retries?: number | undefined
  readonly error?: string | undefined
  readonly traceback?: string | undefined
  readonly cache?: 'read' | 'write' | undefined
  readonly call?: ModelCall | undefined
  readonly completed?: Timestamp | undefined
  readonly working_time?: number | undefined
}

export interface ToolEvent extends EventBase {
  readonly event: 'tool'
  readonly type?: string | undefined
  readonly id: string
  readonly function: string
  readonly arguments: { readonly [key: string]: Json }
  readonly result?: Json | undefined
  readonly truncated?: readonly [number, number] | undefined
  readonly error?: { readonly type: string; readonly message: string } | undefined
  readonly completed?: Timestamp | undefined
  readonly working_time?: number | undefined
  readonly agent?: string | undefined
  readonly agent_span_id?: string | undefined
  readonly failed?: boolean | undefined
}

export interface SpanBeginEvent extends EventBase {
  readonly event: 'span_begin'
  readonly id: string
  readonly parent_id?: string | undefined
  readonly type?: string | undefined
  readonly name: string
}

export interface SpanEndEvent extends EventBase {
  readonly event: 'span_end'
  readonly id: string
}

export interface ScoreEvent extends EventBase {
  readonly event: 'score'
  readonly score: Score
  readonly target?: string | readonly string[] | undefined
  readonly intermediate?: boolean | undefined
  readonly scorer?: string | undefined
}

export interface ScoreEditEvent extends EventBase {
  readonly event: 'score_edit'
  readonly score_name: string
  readonly edit: ScoreEdit
}

export interface SampleLimitEvent extends EventBase {
  readonly event: 'sample_limit'
  readonly type: string
  readonly message?: string | undefined
  readonly limit?: number | undefined
}

export interface ErrorEvent extends EventBase {
  readonly event: 'error'
  readonly error: EvalError
}

/** An event without fields that the mapping reads: sandbox, state, store, info, logger, … and kinds yet unknown. */
export interface OtherEvent extends EventBase {
  readonly event:
    | 'sample_init'
    | 'sandbox'
    | 'state'
    | 'store'
    | 'approval'
    | 'logger'
    | 'info'
    | 'input'
    | 'interrupt'
    | 'compaction'
    | 'checkpoint'
    | 'anchor'
    | 'branch'
    | 'step'
    | 'subtask'
  readonly completed?: Timestamp | undefined
  readonly [key: string]: unknown
}

export type Event =
  | ModelEvent
  | ToolEvent
  | SpanBeginEvent
  | SpanEndEvent
  | ScoreEvent
  | ScoreEditEvent
  | SampleLimitEvent
  | ErrorEvent
  | OtherEvent

/** What is known of a sample without reading it whole; `error` and `limit` are plain strings here. */
export interface EvalSampleSummary {
  readonly id: string | number
  readonly epoch: number
  readonly input?: Json | undefined
  readonly choices?: readonly string[] | undefined
  readonly target?: Json | undefined
  readonly description?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  readonly scores?: { readonly [name: string]: Score } | undefined
  readonly model_usage?: { readonly [model: string]: ModelUsage } | undefined
  readonly role_usage?: { readonly [role: string]: ModelUsage } | undefined
  readonly started_at?: Timestamp | undefined
  readonly completed_at?: Timestamp | undefined
  readonly total_time?: number | undefined
  readonly working_time?: number | undefined
  readonly uuid?: string | undefined
  readonly error?: string | undefined
  readonly limit?: string | undefined
  readonly limit_reason?: string | undefined
  readonly retries?: number | undefined
  readonly completed?: boolean | undefined
  readonly message_count?: number | undefined
  readonly turn_count?: number | undefined
  readonly token_limit?: number | undefined
  readonly token_limit_type?: string | undefined
  readonly token_limit_usage?: number | undefined
  readonly message_limit?: number | undefined
  readonly time_limit?: number | undefined
}

/** One sample of one epoch, whole. Times in seconds; `started_at` and `total_time` are the last attempt's. */
export interface EvalSample {
  readonly id: string | number
  readonly epoch: number
  readonly input: string | readonly ChatMessage[]
  readonly choices?: readonly string[] | undefined
  readonly target: string | readonly string[]
  readonly description?: string | undefined
  readonly messages: readonly ChatMessage[]
  readonly output?: ModelOutput | undefined
  readonly scores?: { readonly [name: string]: Score } | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  readonly store?: { readonly [key: string]: Json } | undefined
  readonly events: readonly Event[]
  readonly model_usage?: { readonly [model: string]: ModelUsage } | undefined
  readonly role_usage?: { readonly [role: string]: ModelUsage } | undefined
  readonly started_at?: Timestamp | undefined
  readonly completed_at?: Timestamp | undefined
  readonly total_time?: number | undefined
  readonly working_time?: number | undefined
  readonly uuid?: string | undefined
  readonly error?: EvalError | undefined
  readonly error_retries?: readonly EvalRetryError[] | undefined
  readonly attachments?: { readonly [hash: string]: string } | undefined
  readonly limit?:
    | { readonly type: string; readonly limit?: number | undefined; readonly reason?: string | undefined }
    | undefined
  /** Calls of the model by the sample itself. */
  readonly turn_count?: number | undefined
  /** The limits that it ran under, where there were any; `time_limit` in seconds. */
  readonly token_limit?: number | undefined
  readonly token_limit_type?: string | undefined
  readonly token_limit_usage?: number | undefined
  readonly message_limit?: number | undefined
  readonly time_limit?: number | undefined
}

/** What is evaluated: task, dataset, model, settings. */
export interface EvalSpec {
  readonly eval_set_id?: string | undefined
  readonly eval_id: string
  readonly run_id: string
  readonly created: Timestamp
  readonly task: string
  readonly task_id: string
  readonly task_version: number | string
  readonly task_args?: { readonly [key: string]: Json } | undefined
  readonly solver?: string | undefined
  readonly solver_args?: { readonly [key: string]: Json } | undefined
  readonly solver_args_passed?: { readonly [key: string]: Json } | undefined
  readonly dataset: {
    readonly name?: string | undefined
    readonly location?: string | undefined
    readonly samples?: number | undefined
    readonly sample_ids?: readonly (string | number)[] | undefined
  }
  /** `provider/model`. */
  readonly model: string
  readonly model_base_url?: string | undefined
  readonly model_generate_config?: GenerateConfig | undefined
  readonly config: { readonly [key: string]: Json | undefined }
  readonly revision?: { readonly type: string; readonly origin: string; readonly commit: string } | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  readonly packages?: { readonly [name: string]: string } | undefined
}

export interface EvalPlan {
  readonly name: string
  readonly steps: readonly { readonly solver: string; readonly params?: Json | undefined }[]
  readonly finish?: { readonly solver: string; readonly params?: Json | undefined } | undefined
  readonly config?: GenerateConfig | undefined
}

export interface EvalMetric {
  readonly name: string
  readonly group?: string | undefined
  readonly value: number
  readonly params?: Json | undefined
}

export interface EvalScore {
  readonly name: string
  readonly scorer: string
  readonly reducer?: string | undefined
  readonly scored_samples?: number | undefined
  readonly unscored_samples?: number | undefined
  /** What the scorer was made with. */
  readonly params?: { readonly [name: string]: Json } | undefined
  readonly metrics: { readonly [key: string]: EvalMetric }
}

/** Which metric of which score says the most. */
export interface HeadlineMetric {
  readonly scorer?: string | undefined
  readonly score?: string | undefined
  readonly metric?: string | undefined
  readonly reducer?: string | undefined
}

export interface EvalResults {
  readonly total_samples: number
  readonly completed_samples: number
  readonly scores: readonly EvalScore[]
  readonly headline?: HeadlineMetric | undefined
}

/** The scores of the samples after those of their epochs were reduced to one. */
export interface EvalSampleReductions {
  readonly scorer: string
  readonly reducer?: string | undefined
  readonly samples: readonly (Score & { readonly sample_id?: string | number | undefined })[]
}

export interface EvalStats {
  readonly started_at?: Timestamp | undefined
  readonly completed_at?: Timestamp | undefined
  readonly model_usage?: { readonly [model: string]: ModelUsage } | undefined
  readonly role_usage?: { readonly [role: string]: ModelUsage } | undefined
}

/** A log without its samples and reductions: what hooks are given. */
export interface EvalLog {
  readonly version: number
  readonly status: 'started' | 'success' | 'cancelled' | 'error'
  readonly eval: EvalSpec
  readonly plan: EvalPlan
  readonly results?: EvalResults | undefined
  readonly stats: EvalStats
  readonly error?: EvalError | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}
