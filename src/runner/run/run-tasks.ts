import { messageOf } from '../../errors.ts'
import type { HookData } from '../../hooks/hooks.ts'
import type { EvalLog } from '../../inspect/records.ts'
import { fire } from '../sample/active.ts'
import { CancelledError, classOf } from '../eval-error.ts'
import { hideKeys } from '../model/hide-keys.ts'
import { removeLog } from '../set/remove-log.ts'
import type { LoggedEval, RunContext, TaskUnit } from './run-context.ts'
import { runTask } from '../task/task-run.ts'
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
    const waiting = new WaitingTasks(units, orderOf(units, run))
    const tasks = units.map((unit) => new TaskAttempts(unit))
    const work = async (): Promise<void> => {
      for (let index = waiting.next(); index !== undefined; index = waiting.next()) {
        let isOver = true
        try {
          if (!run.signal.aborted && !failure) {
            const task = tasks[index]!
            isOver = await task.attempt({ ...run, maxTasks })
            logs[index] = task.log
          }
        } catch (error) {
          // Cut off before it had a log.
          if (error !== run.signal.reason) failure ??= { thrown: error }
        } finally {
          waiting.done(index)
        }
        if (!isOver) waiting.add(index)
      }
    }
    await Promise.all(Array.from({ length: Math.min(maxTasks ?? 1, units.length) }, work))
  } catch (error) {
    failure ??= { thrown: error }
  }
  const done = orderOf(units, run).flatMap((index) => logs[index] ?? [])
  const exception: HookData<'onRunEnd'>['exception'] = failure
    ? { type: classOf(failure.thrown), message: hideKeys(messageOf(failure.thrown)) }
    : null
  await fire(run.emitter, 'onRunEnd', { ...runIds, exception, logs: done.map((log) => header(log)) })
  // Who cancelled it knows, and gets the logs that there are.
  if (failure && !(failure.thrown instanceof CancelledError)) throw failure.thrown
  return done
}

/** Task by task with all of its models; of a set model by model, with all of its tasks. */
function orderOf(units: readonly TaskUnit[], { retries }: RunContext): readonly number[] {
  return retries ? [...units.keys()] : byTask(units)
}

/** A task of a run. One of an eval set that failed is run again, after those that wait; the last attempt's log is its own. */
class TaskAttempts {
  log: LoggedEval | undefined
  readonly #unit: TaskUnit
  /** The latest first. */
  #earlier: readonly string[]
  #retries = 0

  constructor(unit: TaskUnit) {
    this.#unit = unit
    this.#earlier = unit.earlier ?? []
  }

  /** Gives whether it was the last one. */
  async attempt(run: RunContext): Promise<boolean> {
    const log = await runTask({ ...this.#unit, earlier: this.#earlier }, run)
    this.log = log
    if (!run.retries) return true
    const { retryAttempts = 10, retryCleanup = true } = run.retries
    if (log.status === 'error' && this.#retries < retryAttempts && !run.signal.aborted) {
      this.#retries += 1
      this.#earlier = [log.location, ...this.#earlier]
      return false
    }
    if (log.status === 'success' && retryCleanup) for (const path of this.#earlier) await removeLog(path)
    return true
  }
}

/** What hooks are given, as of Inspect: where it lies is not in a log. */
function header(log: LoggedEval): EvalLog {
  const { version, status, eval: spec, plan, results, stats, error } = log
  return { version, status, eval: spec, plan, results, stats, error }
}
