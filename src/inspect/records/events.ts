import type { ChatMessage, GenerateConfig, ModelCall, ModelOutput, ToolChoice, ToolInfo } from './models.ts'
import type { Score, ScoreEdit } from './scores.ts'
import type { EvalError, Json, Timestamp } from './values.ts'

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
