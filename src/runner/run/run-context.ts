import type { Emitter } from '../../hooks/emitter.ts'
import type { EvalLog, EvalStats } from '../../inspect/records.ts'
import type { Datasets } from '../dataset/datasets.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import type { ModelPool } from '../model/model-pool.ts'
import type { Model } from '../model/model.ts'
import type { SampleIds } from './sample-ids.ts'
import type { RetryOptions } from '../set/set-options.ts'
import type { WithinSpan } from '../task/task-context.ts'
import type { TaskIds } from '../task/task-spec.ts'
import type { Task } from '../task/task.ts'
import type { OneOrMany } from '../to-list.ts'

/** What all tasks of a run share. */
export interface RunContext {
  readonly emitter: Emitter
  readonly report: (message: string) => void
  readonly options: EvaluateOptions
  readonly models: ModelPool
  readonly logDir: string
  readonly datasets: Datasets
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
  readonly retries?: RetryOptions | undefined
  /** Tasks that run at once; undefined where there is one model and nobody has said. */
  readonly maxTasks?: number | undefined
  readonly within: WithinSpan
  /** A sample of an earlier log was taken over into the log of this task, and no hook tells of it. */
  readonly sampleReused: (log: EvalLog) => void
}

/** A task with the model that it is run with. */
export interface TaskUnit {
  readonly task: Task
  readonly model: Model
  readonly roles: ReadonlyMap<string, OneOrMany<Model>>
  readonly ids: TaskIds
  /** Of the samples that it is run with; all when left out. */
  readonly sampleId?: SampleIds | undefined
  /** Logs of earlier attempts at the task, the latest first, whose finished samples are not run again. */
  readonly earlier?: readonly string[] | undefined
  /** What earlier calls that worked at the task have used. */
  readonly used?: Pick<EvalStats, 'model_usage' | 'role_usage'> | undefined
}

/** A log without its samples, and the file that has them. */
export interface LoggedEval extends EvalLog {
  readonly location: string
  /** The sample whose error ended the task, where there is one. */
  readonly endedBy?: { readonly id: string | number; readonly epoch: number } | undefined
}
