import { EvalspanError } from '../../errors.ts'
import { toGenerateConfig } from '../options/generate-config.ts'
import { resolveRoles } from '../model/model-roles.ts'
import type { Model } from '../model/model.ts'
import type { ModelSpec } from '../model/model-spec.ts'
import type { RunIds } from './run-tasks.ts'
import { sampleIdsOf } from './sample-ids.ts'
import { shortUuid } from '../short-uuid.ts'
import type { RunContext, TaskUnit } from './run-context.ts'
import type { Task } from '../task/task.ts'
import { toList } from '../to-list.ts'

/**
 * All tasks with the first of the models, then with the next, as in Inspect; a task with a model of its own is there each
 * time. Rejects with a `BAD_OPTION` error for a model that is none.
 */
export async function resolveUnits(
  tasks: readonly Task[],
  { options, models: pool }: Pick<RunContext, 'options' | 'models'>,
  ids: RunIds,
): Promise<readonly TaskUnit[]> {
  const { maxConnections, config, limit, sampleId } = options
  if (limit !== undefined && sampleId !== undefined) {
    throw new EvalspanError('BAD_OPTION', 'limit and sampleId: give one of them, since each says which samples are run')
  }
  const settings = toGenerateConfig({ maxConnections, ...config })
  const named = process.env['INSPECT_EVAL_MODEL']?.split(',').filter((name) => name !== '')
  const given = toList<ModelSpec | undefined>(options.model ?? named)
  const names = tasks.map(({ name }) => name)
  const units: TaskUnit[] = []
  for (const spec of given.length > 0 ? given : [undefined]) {
    for (const task of tasks) {
      const { model = spec, modelRoles, config: own } = task.options
      if (model === undefined) {
        throw new EvalspanError(
          'BAD_OPTION',
          `task ${task.name}: no model; give one to evaluate() or to the task, or in INSPECT_EVAL_MODEL`,
        )
      }
      const roles = await resolveRoles({ ...modelRoles, ...options.modelRoles }, pool)
      const evaluated = await pool.resolve(model, { config: settings, connections: own?.maxConnections })
      expectPrices(task, options.costLimit, [evaluated, ...[...roles.values()].flat()])
      const ofTask = sampleIdsOf(task.name, sampleId, names)
      units.push({ task, model: evaluated, roles, ids: { ...ids, taskId: shortUuid() }, sampleId: ofTask })
    }
  }
  return units
}

/** A limit that nothing counts for would never end a sample. */
function expectPrices(task: Task, ofRun: number | undefined, models: readonly Model[]): void {
  if ((ofRun ?? task.options.costLimit) === undefined) return
  const unknown = new Set(models.filter(({ cost }) => !cost).map(({ name }) => name))
  if (unknown.size === 0) return
  const list = [...unknown].join(', ')
  throw new EvalspanError(
    'BAD_OPTION',
    `task ${task.name}: costLimit needs the price of ${list}; give it in modelCosts`,
  )
}
