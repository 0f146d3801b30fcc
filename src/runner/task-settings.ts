import { mergeLimits, type Limits } from './limits.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import type { Reducer } from './scorer/metric.ts'
import { resolveReducers } from './scorer/reducers/resolve-reducers.ts'
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
  const given = options.epochs ?? task.epochs ?? 1
  const { epochs, reducer }: Epochs = typeof given === 'number' ? { epochs: given } : given
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
