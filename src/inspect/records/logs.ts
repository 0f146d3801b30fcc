import type { GenerateConfig, ModelUsage } from './models.ts'
import type { Score } from './scores.ts'
import type { EvalError, Json, Timestamp } from './values.ts'

/** A model in a role. */
export interface ModelConfig {
  readonly model: string
  readonly config?: GenerateConfig | undefined
  readonly base_url?: string | undefined
  readonly args?: { readonly [key: string]: Json } | undefined
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
  /** Under which name the task is found, in its file where there is one. */
  readonly task_registry_name?: string | undefined
  readonly task_file?: string | undefined
  readonly task_args?: { readonly [key: string]: Json } | undefined
  readonly task_args_passed?: { readonly [key: string]: Json } | undefined
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
  readonly model_roles?: { readonly [role: string]: ModelConfig | readonly ModelConfig[] } | undefined
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
