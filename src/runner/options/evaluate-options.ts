import type { Json } from '../../inspect/records.ts'
import type { ErrorHandling } from '../task/error-handling.ts'
import type { GenerateSettings } from './generate-config.ts'
import type { Limits } from '../sample/limits.ts'
import type { ModelCosts } from '../model/model-cost.ts'
import type { ModelRoles } from '../model/model-roles.ts'
import type { ModelSpec } from '../model/model-spec.ts'
import type { SampleIds } from '../run/sample-ids.ts'
import type { Solver } from '../solver.ts'
import type { Epochs } from '../task/task.ts'

/** What goes for all tasks of a run; what a task says itself comes after it, as in Inspect. */
export interface EvaluateOptions extends Limits, ErrorHandling {
  /** Each task is run with each model that is given here, but for tasks that bring their own: `INSPECT_EVAL_MODEL` when left out. */
  readonly model?: ModelSpec | readonly ModelSpec[] | undefined
  readonly modelRoles?: ModelRoles | undefined
  readonly config?: GenerateSettings | undefined
  /** What models cost: `total_cost` of usages comes from it, and `costLimit` needs it. */
  readonly modelCosts?: ModelCosts | undefined
  /** In place of those of the tasks. */
  readonly solver?: Solver | readonly Solver[] | undefined
  /** So many of the samples, the first ones; or from … to, counted from 0. */
  readonly limit?: number | readonly [number, number] | undefined
  /**
   * These samples alone: ids, or patterns with `*`, `?` and `[abc]`. `task:id` is of that task alone; a task that no id is
   * meant for runs no samples.
   */
  readonly sampleId?: SampleIds | undefined
  /** Puts the samples of each task in random order, before `limit`; a number is the seed, and the order then that of Inspect. */
  readonly sampleShuffle?: boolean | number | undefined
  readonly epochs?: number | Epochs | undefined
  /** Samples that run at once; as many as the model takes calls when left out. */
  readonly maxSamples?: number | undefined
  /** Tasks that run at once; as many as there are models when left out. */
  readonly maxTasks?: number | undefined
  /** Calls of a model that are under way at once. */
  readonly maxConnections?: number | undefined
  /** False: samples are not scored. */
  readonly score?: boolean | undefined
  /** Where logs are written: `INSPECT_LOG_DIR`, or `./logs`, when left out. */
  readonly logDir?: string | undefined
  /** False: logs have no samples. */
  readonly logSamples?: boolean | undefined
  /** False: what runs is not seen from outside, and what is not in the log yet is lost when the process is killed. */
  readonly logRealtime?: boolean | undefined
  /** After so many seconds what is new is beside the log, for all who can see its folder: 2 when left out. */
  readonly logShared?: number | undefined
  /** Seconds that each `cleanup` has once the run is cancelled; then it is left alone. 20 when left out. */
  readonly cleanupTimeout?: number | undefined
  readonly tags?: readonly string[] | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
  /** Ends the run: what is under way is cancelled, and logs tell so. */
  readonly signal?: AbortSignal | undefined
}
