import { mergeLimits, type Limits } from '../sample/limits.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import type { Reducer } from '../scorer/metric.ts'
import { resolveReducers } from '../scorer/reducers/resolve-reducers.ts'
import type { Epochs, Task } from './task.ts'

/** What holds for a task: what the run says before what it says itself. */
export interface TaskSettings {
  readonly epochs: number
  /** Undefined when nobody said: the mean, which a log does not name then. */
  readonly reducers: readonly Reducer[] | undefined
  readonly limits: Limits
  readonly failOnError: boolean | number
  readonly continueOnFail: boolean
  readonly retryOnError: number
  readonly scoreOnError: boolean
}

export function taskSettings({ options: task }: Task, options: EvaluateOptions): TaskSettings {
  const { epochs, reducer }: Epochs = { epochs: 1, ...epochsOf(task), ...epochsOf(options) }
  return {
    epochs,
    reducers: reducer === undefined ? undefined : resolveReducers(reducer, epochs),
    limits: mergeLimits(task, options),
    failOnError: options.failOnError ?? task.failOnError ?? true,
    continueOnFail: options.continueOnFail ?? task.continueOnFail ?? false,
    retryOnError: options.retryOnError ?? task.retryOnError ?? 0,
    scoreOnError: options.scoreOnError ?? task.scoreOnError ?? false,
  }
}

/** A run that says how many alone leaves the task its reducers. */
function epochsOf({ epochs }: Pick<EvaluateOptions, 'epochs'>): Partial<Epochs> {
  if (epochs === undefined || typeof epochs === 'number') return epochs === undefined ? {} : { epochs }
  return epochs.reducer === undefined ? { epochs: epochs.epochs } : epochs
}
