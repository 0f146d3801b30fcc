/**
 * The data of Inspect AI's hooks (release 0.3.285, `inspect_ai/hooks/_hooks.py`), field for field and under Inspect's
 * names, so that Inspect's documentation applies word for word.
 *
 * `run_id` is one call of `eval()`, `eval_id` one attempt at a task, `eval_set_id` a log folder. **`sample_id` is the
 * uuid of one run of a sample**, except in `BeforeModelGenerate`, where Inspect puts an id that can be joined to nothing;
 * the sample's id in the dataset is `summary.id`.
 */
import type {
  ChatMessage,
  EvalError,
  EvalLog,
  EvalPlan,
  EvalSample,
  EvalSampleSummary,
  EvalSpec,
  Event,
  GenerateConfig,
  ModelUsage,
  ToolChoice,
  ToolInfo,
} from '../inspect/records.ts'

interface EvalSetScope {
  readonly eval_set_id: string
  readonly log_dir: string
}

interface RunScope {
  readonly eval_set_id?: string | null | undefined
  readonly run_id: string
}

interface TaskScope extends RunScope {
  readonly eval_id: string
}

interface SampleScope extends TaskScope {
  readonly sample_id: string
}

interface SampleSummaryScope extends SampleScope {
  readonly summary: EvalSampleSummary
}

export interface EvalSetStart extends EvalSetScope {}

export interface EvalSetEnd extends EvalSetScope {}

export interface RunStart extends RunScope {
  /** One name for each task and model, so names repeat. */
  readonly task_names: readonly string[]
}

export interface RunEnd extends RunScope {
  readonly exception?: { readonly type: string; readonly message: string } | null | undefined
  /** Without the tasks that raised; empty after Ctrl-C. */
  readonly logs: readonly EvalLog[]
}

export interface TaskStart extends TaskScope {
  readonly spec: EvalSpec
  /** Since Inspect 0.3.256. */
  readonly plan?: EvalPlan | undefined
}

export interface TaskEnd extends TaskScope {
  readonly log: EvalLog
}

export interface SampleInit extends SampleSummaryScope {}

export interface SampleStart extends SampleSummaryScope {}

export interface SampleAttemptStart extends SampleSummaryScope {
  /** From 1. */
  readonly attempt: number
}

export interface SampleAttemptEnd extends SampleSummaryScope {
  /** From 1. */
  readonly attempt: number
  readonly error?: EvalError | null | undefined
  /** True promises nothing: the retry may be cancelled while it waits. */
  readonly will_retry: boolean
}

export interface SampleEvent extends SampleScope {
  readonly event: Event
}

export interface SampleScoring extends SampleScope {}

export interface SampleEnd extends SampleScope {
  readonly sample: EvalSample
}

/** `input`, `tools` and `config` may be changed by a hook, and then change the cache key and the call. */
export interface BeforeModelGenerate {
  readonly model_name: string
  input: ChatMessage[]
  tools: ToolInfo[]
  readonly tool_choice?: ToolChoice | null | undefined
  config: { -readonly [K in keyof GenerateConfig]: GenerateConfig[K] }
  readonly cache?: 'write' | null | undefined
  readonly eval_set_id?: string | null | undefined
  readonly run_id?: string | null | undefined
  readonly eval_id?: string | null | undefined
  /** Not the sample's uuid: an id that appears nowhere else. */
  readonly sample_id?: string | null | undefined
  readonly task_name?: string | null | undefined
}

export interface ModelUsageData {
  readonly model_name: string
  readonly usage: ModelUsage
  /** Seconds of the successful request, without waits and failed attempts. */
  readonly call_duration: number
  readonly eval_set_id?: string | null | undefined
  readonly run_id?: string | null | undefined
  readonly eval_id?: string | null | undefined
  readonly task_name?: string | null | undefined
  readonly retries: number
}

export interface ModelCacheUsageData {
  readonly model_name: string
  readonly usage: ModelUsage
}

export interface ModelRetry {
  /** Without the provider: `gpt-4o`, where all other events say `openai/gpt-4o`. */
  readonly model_name: string
  /** The attempt that just failed, from 1. */
  readonly attempt: number
  /** Seconds until the next attempt. */
  readonly wait_time: number
  readonly eval_set_id?: string | null | undefined
  readonly run_id?: string | null | undefined
  readonly eval_id?: string | null | undefined
  readonly sample_id?: string | null | undefined
  readonly task_name?: string | null | undefined
  readonly exception_type?: string | null | undefined
  readonly status_code?: number | null | undefined
}

/** An environment variable that holds an API key, and its present value (may be empty). */
export interface ApiKeyOverride {
  readonly env_var_name: string
  readonly value: string
}
