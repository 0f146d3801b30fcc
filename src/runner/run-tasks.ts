import { classOf } from './eval-error.ts'
import { messageOf } from '../errors.ts'
import type { HookData } from '../hooks/hooks.ts'
import type { EvalLog } from '../inspect/records.ts'
import { fire } from './active.ts'
import { hideKeys } from './model/hide-keys.ts'
import { removeLog } from './remove-log.ts'
import { runTask, type LoggedEval, type RunContext, type TaskUnit } from './task-run.ts'
import { byTask, WaitingTasks } from './waiting-tasks.ts'

export interface RunIds {
  readonly evalSetId: string | undefined
  readonly runId: string
}

/**
 * A run: all tasks, each with its model, some at a time. `prepare` gives them; when it fails, the end of the run is told all
 * the same, as in Inspect. Rejects with what kept the run from being made; errors of samples are in the logs.
 */
export async function runTasks(
  ids: RunIds,
  run: RunContext,
  prepare: () => Promise<readonly TaskUnit[]>,
): Promise<LoggedEval[]> {
  const runIds = { eval_set_id: ids.evalSetId ?? null, run_id: ids.runId }
  const logs: (LoggedEval | undefined)[] = []
  let units: readonly TaskUnit[] = []
  let failure: { readonly thrown: unknown } | undefined
  try {
    units = await prepare()
    await fire(run.emitter, 'onRunStart', { ...runIds, task_names: units.map(({ task }) => task.name) })
    const models = new Set(units.map(({ model }) => model.name)).size
    const maxTasks = run.maxTasks ?? run.options.maxTasks ?? (models > 1 ? models : undefined)
    const waiting = new WaitingTasks(units)
    const work = async (): Promise<void> => {
      for (let index = waiting.next(); index !== undefined; index = waiting.next()) {
        try {
          if (!run.signal.aborted && !failure) logs[index] = await runWithRetries(units[index]!, { ...run, maxTasks })
        } catch (error) {
          // Cut off before it had a log.
          if (error !== run.signal.reason) failure ??= { thrown: error }
        } finally {
          waiting.done(index)
        }
      }
    }
    await Promise.all(Array.from({ length: maxTasks ?? 1 }, work))
  } catch (error) {
    failure ??= { thrown: error }
  }
  const done = byTask(units).flatMap((index) => logs[index] ?? [])
  const exception: HookData<'onRunEnd'>['exception'] = failure
    ? { type: classOf(failure.thrown), message: hideKeys(messageOf(failure.thrown)) }
    : null
  await fire(run.emitter, 'onRunEnd', { ...runIds, exception, logs: done.map((log) => header(log)) })
  if (failure) throw failure.thrown
  return done
}

/** Of an eval set a task that failed is run again at once, as a new attempt; the last one's log is given. */
async function runWithRetries(unit: TaskUnit, run: RunContext): Promise<LoggedEval> {
  if (!run.retries) return await runTask(unit, run)
  const { retryAttempts = 10, retryCleanup = true } = run.retries
  let earlier = unit.earlier ?? []
  let log = await runTask(unit, run)
  for (let retry = 1; retry <= retryAttempts && log.status === 'error' && !run.signal.aborted; retry += 1) {
    earlier = [log.location, ...earlier]
    log = await runTask({ ...unit, earlier }, run)
  }
  if (log.status === 'success' && retryCleanup) for (const path of earlier) await removeLog(path)
  return log
}

/** What hooks are given, as of Inspect: where it lies is not in a log. */
function header(log: LoggedEval): EvalLog {
  const { version, status, eval: spec, plan, results, stats, error } = log
  return { version, status, eval: spec, plan, results, stats, error }
}
