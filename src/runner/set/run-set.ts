import { isDeepStrictEqual } from 'node:util'
import { EvalspanError } from '../../errors.ts'
import { EvalSetFolder, keyOf } from './eval-set.ts'
import { runTasks } from '../run/run-tasks.ts'
import { selectSamples } from '../run/select-samples.ts'
import { shortUuid } from '../short-uuid.ts'
import { fire } from '../sample/active.ts'
import type { LoggedEval, RunContext, TaskUnit } from '../run/run-context.ts'
import { identityOfLog, identityOfUnit, type TaskIdentity } from './task-identity.ts'
import { taskSettings } from '../task/task-settings.ts'

/** Of a set so many tasks run at once, as in Inspect, when nobody says. */
const leastTasks = 10

/**
 * Works on an eval set until all of its tasks have succeeded or have been tried often enough: tasks whose logs are complete
 * are left alone, others go on from theirs. Gives the logs of all tasks, and whether all have succeeded.
 */
export async function runSet(
  run: RunContext,
  resolve: (evalSetId: string, runId: string) => Promise<readonly TaskUnit[]>,
): Promise<{ readonly success: boolean; readonly logs: LoggedEval[] }> {
  const folder = new EvalSetFolder(run.logDir)
  const leave = await folder.take()
  try {
    return await runTaken(folder, run, resolve)
  } finally {
    await leave()
  }
}

async function runTaken(
  folder: EvalSetFolder,
  run: RunContext,
  resolve: (evalSetId: string, runId: string) => Promise<readonly TaskUnit[]>,
): Promise<{ readonly success: boolean; readonly logs: LoggedEval[] }> {
  const evalSetId = await folder.id()
  const set = { eval_set_id: evalSetId, log_dir: run.logDir }
  try {
    await fire(run.emitter, 'onEvalSetStart', set)
    const runId = shortUuid()
    const units = await resolve(evalSetId, runId)
    const identities = units.map((unit) => identityOfUnit(unit, run.options))
    expectDistinct(identities)
    const known = await folder.logs(run.report)
    if (run.retries?.logDirAllowDirty !== true) expectNoOthers(known, identities)
    const done: LoggedEval[] = []
    const open: TaskUnit[] = []
    for (const [index, unit] of units.entries()) {
      const [latest, ...older] = known.get(keyOf(identities[index]!)) ?? []
      if (latest && (await isDone(latest, unit, run))) {
        done.push(latest)
        if (run.retries?.retryCleanup !== false) await folder.remove(older)
      } else if (latest)
        open.push({
          ...unit,
          ids: { ...unit.ids, taskId: latest.eval.task_id },
          earlier: [latest, ...older].map(({ location }) => location),
          used: latest.stats,
        })
      else open.push(unit)
    }
    await folder.describe(evalSetId, units)
    const models = new Set(units.map(({ model }) => model.name)).size
    const maxTasks = run.options.maxTasks ?? Math.max(models, leastTasks)
    if (open.length > 0) done.push(...(await runTasks({ evalSetId, runId }, { ...run, maxTasks }, async () => open)))
    return { success: done.length === units.length && done.every(({ status }) => status === 'success'), logs: done }
  } finally {
    await fire(run.emitter, 'onEvalSetEnd', set)
  }
}

/** All samples that are planned now have been run, so often as they are to be now. */
async function isDone(
  { status, results, eval: spec }: LoggedEval,
  { task, sampleId }: TaskUnit,
  run: RunContext,
): Promise<boolean> {
  if (status !== 'success') return false
  const { epochs, reducers } = taskSettings(task, run.options)
  const { samples } = await run.datasets.read(task.options.dataset)
  const planned = selectSamples(samples, run.options, sampleId)
  const known = new Set((spec.dataset.sample_ids ?? []).map(String))
  const epochsThen = spec.config['epochs'] ?? 1
  return (
    epochsThen === epochs &&
    isDeepStrictEqual(named(reducers?.map(({ name }) => name)), named(spec.config.epochs_reducer)) &&
    planned.every(({ id }) => known.has(String(id))) &&
    results?.total_samples === known.size * epochs
  )
}

/** What is left over from other tasks, models or settings is not told as part of this set by mistake. */
function expectNoOthers(known: ReadonlyMap<string, readonly LoggedEval[]>, identities: readonly TaskIdentity[]): void {
  const keys = new Set(identities.map((identity) => keyOf(identity)))
  const other = known.entries().find(([key]) => !keys.has(key))?.[1][0]
  if (!other) return
  const { task, model } = other.eval
  const like = identities.find((each) => each.task === task && each.model === model)
  const why = like ? `and other ${changes(identityOfLog(other), like)} than now` : 'which is not in this set'
  throw new EvalspanError(
    'BAD_OPTION',
    `logDir: ${other.location} is of task ${task} with model ${model}, ${why}; give a folder of its own, or set logDirAllowDirty`,
  )
}

function changes(before: TaskIdentity, now: TaskIdentity): string {
  return (Object.keys(now) as (keyof TaskIdentity)[]).filter((name) => before[name] !== now[name]).join(', ')
}

/** The mean is what there is when nobody says. */
function named(reducers: unknown): unknown {
  return reducers === null || isDeepStrictEqual(reducers, ['mean']) ? undefined : reducers
}

/** Logs are told apart by them, so two of the same would take each other's. */
function expectDistinct(identities: readonly TaskIdentity[]): void {
  const seen = new Set<string>()
  for (const identity of identities) {
    const key = keyOf(identity)
    if (seen.has(key)) {
      throw new EvalspanError(
        'BAD_OPTION',
        `task ${identity.task} is there twice with model ${identity.model}; give each a name of its own`,
      )
    }
    seen.add(key)
  }
}
