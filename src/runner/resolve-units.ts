import { EvalspanError } from '../errors.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { toGenerateConfig } from './generate-config.ts'
import { Model } from './model/model.ts'
import type { ModelSpec } from './model/model-spec.ts'
import { resolveModel } from './model/resolve-model.ts'
import type { RunIds } from './run-tasks.ts'
import { shortUuid } from './short-uuid.ts'
import type { TaskUnit } from './task-run.ts'
import { toList, type Task } from './task.ts'

/**
 * All tasks with the first of the models, then with the next, as in Inspect; a task with a model of its own is there each
 * time. Rejects with a `BAD_OPTION` error for a model that is none.
 */
export async function resolveUnits(
  tasks: readonly Task[],
  options: EvaluateOptions,
  ids: RunIds,
): Promise<readonly TaskUnit[]> {
  const { maxConnections, config } = options
  const settings = toGenerateConfig({ maxConnections, ...config })
  const given = toList<ModelSpec | undefined>(options.model)
  const units: TaskUnit[] = []
  for (const spec of given.length > 0 ? given : [undefined]) {
    // Tasks share it, and so its connections.
    const shared = spec === undefined ? undefined : await resolveModel(spec, { config: settings })
    for (const task of tasks) {
      const { model, modelRoles, config: own } = task.options
      const roles = new Map<string, Model>()
      for (const [role, each] of Object.entries({ ...modelRoles, ...options.modelRoles })) {
        roles.set(role, await resolveModel(each, { role }))
      }
      const connections = own?.maxConnections
      const resolved = model === undefined ? shared : await resolveModel(model, { config: settings, connections })
      if (!resolved) {
        throw new EvalspanError('BAD_OPTION', `task ${task.name}: no model; give one to evaluate() or to the task`)
      }
      // One with a bound of its own does not share.
      const isBound = model === undefined && connections !== undefined
      units.push({
        task,
        model: isBound ? new Model(resolved.api, { config: settings, connections }) : resolved,
        roles,
        ids: { ...ids, taskId: shortUuid() },
      })
    }
  }
  return units
}
