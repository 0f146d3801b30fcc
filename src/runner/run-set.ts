import { EvalspanError } from '../errors.ts'
import { EvalSetFolder, unitKey } from './eval-set.ts'
import { runTasks } from './run-tasks.ts'
import { shortUuid } from './short-uuid.ts'
import { fire } from './active.ts'
import type { LoggedEval, RunContext, TaskUnit } from './task-run.ts'

/** Of a set so many tasks run at once, as in Inspect, when nobody says. */
const leastTasks = 10

/**
 * Works on an eval set until all of its tasks have succeeded or have been tried often enough: tasks whose logs are complete
 * are left alone, others go on from theirs. Gives the logs of all tasks.
 */
export async function runSet(
  run: RunContext,
  resolve: (evalSetId: string, runId: string) => Promise<readonly TaskUnit[]>,
): Promise<LoggedEval[]> {
  const folder = new EvalSetFolder(run.logDir)
  const evalSetId = await folder.id()
  const set = { eval_set_id: evalSetId, log_dir: run.logDir }
  try {
    await fire(run.emitter, 'onEvalSetStart', set)
    const runId = shortUuid()
    const units = await resolve(evalSetId, runId)
    expectDistinct(units)
    const known = await folder.logs()
    const done: LoggedEval[] = []
    const open: TaskUnit[] = []
    for (const unit of units) {
      const [latest, ...older] = known.get(unitKey(unit)) ?? []
      if (latest?.status === 'success') {
        done.push(latest)
        if (run.retries?.retryCleanup !== false) await folder.remove(older)
      } else if (latest)
        open.push({
          ...unit,
          ids: { ...unit.ids, taskId: latest.eval.task_id },
          earlier: latest.location,
          used: latest.stats,
        })
      else open.push(unit)
    }
    await folder.describe(evalSetId, units)
    const models = new Set(units.map(({ model }) => model.name)).size
    const maxTasks = run.options.maxTasks ?? Math.max(models, leastTasks)
    if (open.length > 0) done.push(...(await runTasks({ evalSetId, runId }, { ...run, maxTasks }, async () => open)))
    return done
  } finally {
    await fire(run.emitter, 'onEvalSetEnd', set)
  }
}

/** Logs are told apart by task and model, so two of the same would take each other's. */
function expectDistinct(units: readonly TaskUnit[]): void {
  const seen = new Set<string>()
  for (const unit of units) {
    const { task, model } = unit
    const key = unitKey(unit)
    if (seen.has(key)) {
      throw new EvalspanError(
        'BAD_OPTION',
        `task ${task.name} is there twice with model ${model.name}; give each a name of its own`,
      )
    }
    seen.add(key)
  }
}
