import type { Event } from './events.ts'
import type { ChatMessage, ModelOutput, ModelUsage } from './models.ts'
import type { Score } from './scores.ts'
import type { EvalError, Json, Timestamp } from './values.ts'

/** The error of an attempt that was retried, with what is left of the attempt's events. */
export interface EvalRetryError extends EvalError {
  readonly events?: readonly Event[] | undefined
}

/** What a sample and its summary both say. */
interface SampleFacts {
  readonly id: string | number
  readonly epoch: number
  readonly choices?: readonly string[] | undefined
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
  /** Calls of the model by the sample itself. */
  readonly turn_count?: number | undefined
  /** The limits that it ran under, where there were any; `time_limit` in seconds. */
  readonly token_limit?: number | undefined
  readonly token_limit_type?: string | undefined
  readonly token_limit_usage?: number | undefined
  readonly message_limit?: number | undefined
  readonly time_limit?: number | undefined
}

/** What is known of a sample without reading it whole; `error` and `limit` are plain strings here. */
export interface EvalSampleSummary extends SampleFacts {
  readonly input?: Json | undefined
  readonly target?: Json | undefined
  readonly error?: string | undefined
  readonly limit?: string | undefined
  readonly limit_reason?: string | undefined
  readonly retries?: number | undefined
  readonly completed?: boolean | undefined
  readonly message_count?: number | undefined
}

/** One sample of one epoch, whole. Times in seconds; `started_at` and `total_time` are the last attempt's. */
export interface EvalSample extends SampleFacts {
  readonly input: string | readonly ChatMessage[]
  readonly target: string | readonly string[]
  readonly messages: readonly ChatMessage[]
  readonly output?: ModelOutput | undefined
  readonly store?: { readonly [key: string]: Json } | undefined
  readonly events: readonly Event[]
  readonly error?: EvalError | undefined
  readonly error_retries?: readonly EvalRetryError[] | undefined
  readonly attachments?: { readonly [hash: string]: string } | undefined
  readonly limit?:
    | { readonly type: string; readonly limit?: number | undefined; readonly reason?: string | undefined }
    | undefined
}
