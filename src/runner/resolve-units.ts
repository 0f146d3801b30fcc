import { EvalspanError } from '../errors.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { toGenerateConfig } from './generate-config.ts'
import type { Model } from './model/model.ts'
import { resolveModel } from './model/resolve-model.ts'
import type { RunIds } from './run-tasks.ts'
import { shortUuid } from './short-uuid.ts'
import type { TaskUnit } from './task-run.ts'
import { toList, type Task } from './task.ts'

/** Each task with each of its models. Rejects with a `BAD_OPTION` error for a model that is none. */
export async function resolveUnits(
  tasks: readonly Task[],
  options: EvaluateOptions,
  ids: RunIds,
): Promise<readonly TaskUnit[]> {
  const units: TaskUnit[] = []
  for (const task of tasks) {
    const { model, modelRoles, config } = task.options
    const models = toList(model ?? options.model)
    if (models.length === 0) {
      throw new EvalspanError('BAD_OPTION', `task ${task.name}: no model; give one to evaluate() or to the task`)
    }
    const maxConnections = options.maxConnections
    const settings = toGenerateConfig({ maxConnections, ...options.config })
    const roles = new Map<string, Model>()
    for (const [role, spec] of Object.entries({ ...modelRoles, ...options.modelRoles })) {
      roles.set(role, await resolveModel(spec, { role, config: settings }))
    }
    for (const spec of models) {
      units.push({
        task,
        model: await resolveModel(spec, { config: settings, connections: config?.maxConnections }),
        roles,
        ids: { ...ids, taskId: shortUuid() },
      })
    }
  }
  return units
}
