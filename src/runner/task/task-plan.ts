import type { EvalPlan } from '../../inspect/records.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import { toGenerateConfig, type GenerateSettings } from '../options/generate-config.ts'
import { placedIn, solverInfo, type Solver } from '../solver.ts'
import { unchained } from '../solvers/chain.ts'
import { generate } from '../solvers/generate.ts'
import type { Task } from './task.ts'
import { toList } from '../to-list.ts'

/** How a task is solved. */
export interface TaskPlan {
  /** Its setup first. */
  readonly solvers: readonly Solver[]
  /** Of the calls of its own model. */
  readonly config: GenerateSettings
  /** As it goes into the log. */
  readonly record: EvalPlan
}

export function taskPlan({ options: task }: Task, options: EvaluateOptions): TaskPlan {
  const { setup, solver = generate() } = task
  const solvers = unchained([
    ...placedIn('setup', toList(setup)),
    ...placedIn('solver', toList(options.solver ?? solver)),
  ])
  const { maxConnections } = options
  const config = { ...task.config, ...(maxConnections !== undefined && { maxConnections }), ...options.config }
  const steps = solvers.map((solve) => {
    const { name, params } = solverInfo(solve)
    return { solver: name, params, params_passed: params }
  })
  return { solvers, config, record: { name: 'plan', steps, config: toGenerateConfig(config) } }
}
