import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { withinSpan } from './active-span.ts'
import { openSession, type Session, type SessionOptions } from './builtin.ts'
import type { DeliveryReport } from './delivery/report.ts'
import { EvalspanError } from './errors.ts'
import { localPath, schemeOf } from './files/paths.ts'
import { isObject } from './hooks/is-object.ts'
import { rememberKey } from './hooks/known-keys.ts'
import { reportToStderr } from './hooks/report.ts'
import { openLog } from './inspect/log.ts'
import { secretsOf } from './masking/environment.ts'
import { logFolder } from './log-folder.ts'
import { checkOptions } from './runner/options/check-options.ts'
import { Datasets } from './runner/dataset/datasets.ts'
import { CancelledError } from './runner/eval-error.ts'
import type { EvaluateOptions } from './runner/options/evaluate-options.ts'
import { hideKeys, keyVariables, withoutKeys } from './runner/model/hide-keys.ts'
import { attemptsBefore, expectEnded } from './runner/set/logs-in.ts'
import { ModelPool } from './runner/model/model-pool.ts'
import { resolveUnits } from './runner/run/resolve-units.ts'
import { retryOptions } from './runner/set/retry-options.ts'
import { runSet } from './runner/set/run-set.ts'
import { runTasks } from './runner/run/run-tasks.ts'
import { shortUuid } from './runner/short-uuid.ts'
import { cancelOnSignal } from './runner/run/signals.ts'
import { whenStuck } from './runner/run/stuck.ts'
import { taskOfLog } from './runner/run/task-of-log.ts'
import { Task } from './runner/task/task.ts'
import type { RetryOptions } from './runner/set/set-options.ts'
import type { LoggedEval, RunContext } from './runner/run/run-context.ts'
import { terminalOutput, type StreamOutput } from './session/terminal-output.ts'
import { telemetrySettings } from './telemetry/settings.ts'

/** How a program that calls `evaluate` is different from a command. */
export interface HostOptions extends Pick<SessionOptions, 'ask' | 'output' | 'report' | 'banner' | 'cwd'> {
  /** False: signals are the caller's matter. */
  readonly signals?: boolean | undefined
  /** Takes the account of what was delivered, when all is over. */
  readonly onAccount?: ((account: DeliveryReport) => void) | undefined
}

/**
 * Runs tasks and gives their logs, without samples. Hooks are fired as Inspect fires them, and all exporters that are on get
 * the run as it goes. Rejects for what keeps a run from being made: an option, a model, a required hook; what goes wrong in
 * samples is in the logs.
 */
export async function evaluate(
  tasks: Task | readonly Task[],
  options: EvaluateOptions = {},
  host: HostOptions = {},
): Promise<LoggedEval[]> {
  const list = taskList(tasks)
  return await inSession(options, host, async (run) => {
    const ids = { evalSetId: undefined, runId: shortUuid() }
    return await runTasks(ids, run, () => resolveUnits(list, run, ids))
  })
}

export interface EvalSetOptions extends EvaluateOptions, RetryOptions {
  /** The folder of the set: what is complete in it is not run again. */
  readonly logDir: string
}

/**
 * Runs tasks until each of them has succeeded or was tried often enough, and goes on from what is in the folder: finished
 * samples are not run again. Gives the logs of all tasks, and whether all have succeeded.
 */
export async function evalSet(
  tasks: Task | readonly Task[],
  options: EvalSetOptions,
  host: HostOptions = {},
): Promise<{ readonly success: boolean; readonly logs: readonly LoggedEval[] }> {
  const list = taskList(tasks)
  const { retryAttempts, retryCleanup, logDirAllowDirty } = options
  if (typeof options.logDir !== 'string' || options.logDir === '') {
    throw new EvalspanError('BAD_OPTION', 'logDir: an eval set needs a folder of its own')
  }
  return await inSession(options, host, (run) =>
    runSet({ ...run, retries: { retryAttempts, retryCleanup, logDirAllowDirty } }, (evalSetId, runId) =>
      resolveUnits(list, run, { evalSetId, runId }),
    ),
  )
}

/**
 * Runs a task again that failed or was cancelled, without those of its samples that were finished. `log`: its file, or what
 * `evaluate` gave; its task, model and options hold again. The task is found in the file that the log names, or among those
 * of the program by its name; else it has to be given. So has the model, unless it can be found by its name.
 */
export async function evalRetry(
  log: string | LoggedEval,
  options?: EvaluateOptions,
  host?: HostOptions,
): Promise<LoggedEval[]>
export async function evalRetry(
  log: string | LoggedEval,
  task: Task,
  options?: EvaluateOptions,
  host?: HostOptions,
): Promise<LoggedEval[]>
export async function evalRetry(
  log: string | LoggedEval,
  first?: Task | EvaluateOptions,
  second?: EvaluateOptions | HostOptions,
  third?: HostOptions,
): Promise<LoggedEval[]> {
  const place: unknown = isObject(log) ? log.location : log
  if (typeof place !== 'string' || place === '') {
    throw new EvalspanError('BAD_OPTION', `log is ${inspect(log)}; give the file of a log, or what evaluate() gave`)
  }
  if (Task.is(first)) return await retryLog(place, first, second as EvaluateOptions, third)
  return await retryLog(place, undefined, first, second as HostOptions)
}

async function retryLog(
  place: string,
  given: Task | undefined,
  options: EvaluateOptions = {},
  host: HostOptions = {},
): Promise<LoggedEval[]> {
  checkOptions(options)
  const { cwd = process.cwd() } = host
  const log = schemeOf(place) === undefined ? resolve(cwd, localPath(place)) : place
  const reader = await openLog(log)
  const { header, finished } = reader
  const { eval: spec, stats: used } = header
  await reader.close()
  // Killed, perhaps before it had taken over what the attempts before it had finished.
  const isOpen = !finished && schemeOf(log) === undefined
  if (isOpen) await expectEnded(log)
  const before = isOpen ? await attemptsBefore(log, header) : []
  const task = given ?? (await taskOfLog(log, spec, cwd))
  const { task_id: taskId, task: name } = spec
  if (name !== task.name) {
    throw new EvalspanError(
      'BAD_OPTION',
      `${log} is a log of task ${name}, not of ${task.name}; give the task that it is of`,
    )
  }
  const logged = retryOptions(spec, task.options)
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const all: EvaluateOptions = {
    ...logged,
    ...said,
    config: { ...logged.config, ...options.config },
    modelRoles: { ...logged.modelRoles, ...options.modelRoles },
  }
  return await inSession(all, host, async (run) => {
    const ids = { evalSetId: undefined, runId: shortUuid() }
    return await runTasks(ids, run, async () => {
      const units = await resolveUnits([task], run, ids).catch((error: unknown) => {
        if (!(error instanceof EvalspanError) || error.code !== 'MISSING_PACKAGE') throw error
        throw new EvalspanError(error.code, `${error.message}; or give the model of ${log} once more`, { cause: error })
      })
      const other = units.find(({ model }) => model.name !== spec.model)
      if (other) {
        throw new EvalspanError(
          'BAD_OPTION',
          `${log} has answers of ${spec.model}, and not of ${other.model.name}; retry it with the same model`,
        )
      }
      return units.map((unit) => ({ ...unit, ids: { ...unit.ids, taskId }, earlier: [log, ...before], used }))
    })
  })
}

function taskList(tasks: Task | readonly Task[]): readonly Task[] {
  const list = Array.isArray(tasks) ? (tasks as readonly Task[]) : [tasks as Task]
  if (list.length === 0) throw new EvalspanError('BAD_OPTION', 'tasks: there is none')
  for (const [index, each] of list.entries()) {
    if (!Task.is(each)) throw new EvalspanError('BAD_OPTION', `tasks[${index}] is no task; make it with task()`)
  }
  return list
}

let terminal: StreamOutput | undefined

/** Somebody who watches sees how far it is; elsewhere nothing is written. */
function progress(): Pick<HostOptions, 'ask' | 'output'> {
  if (!process.stderr.isTTY) return {}
  terminal ??= terminalOutput(process.stderr, () => {})
  return { ask: ['console'], output: terminal }
}

async function inSession<T>(
  options: EvaluateOptions,
  { signals = true, onAccount, ...host }: HostOptions,
  work: (run: RunContext) => Promise<T>,
): Promise<T> {
  checkOptions(options)
  // As it is now: code of an eval may change the working folder.
  const logDir = logFolder(options.logDir, host.cwd)
  for (const key of secretsOf(keyVariables(process.env))) rememberKey(key)
  const interrupt = new AbortController()
  const cancel = (): void => interrupt.abort(new CancelledError())
  const { report: tell = reportToStderr } = host
  const report = (message: string): void => tell(hideKeys(message))
  const session = await openSession({
    host: 'evalspan',
    signals: false,
    ...progress(),
    ...host,
    cancelled: interrupt.signal,
    report,
  })
  let isOver: (() => void) | undefined
  let isNotStuck: (() => void) | undefined
  try {
    if (signals) isOver = cancelOnSignal(cancel)
    isNotStuck = whenStuck(() => {
      report('nothing is left that could go on, and something that the run waits for did not end: it is cancelled')
      cancel()
    })
    if (options.signal?.aborted) cancel()
    options.signal?.addEventListener('abort', cancel, { once: true })
    return await work(runContext(session, options, interrupt.signal, { logDir, report }))
  } catch (error) {
    throw withoutKeys(error)
  } finally {
    isNotStuck?.()
    options.signal?.removeEventListener('abort', cancel)
    try {
      const account = await session.close()
      onAccount?.(account)
    } finally {
      isOver?.()
    }
  }
}

function runContext(
  session: Session,
  options: EvaluateOptions,
  signal: AbortSignal,
  { logDir, report }: Pick<RunContext, 'logDir' | 'report'>,
): RunContext {
  return {
    emitter: session.emitter,
    report,
    options,
    models: new ModelPool(options.modelCosts, { cancelled: signal, report }),
    logDir,
    datasets: new Datasets(options),
    signal,
    within: withinSpan(telemetrySettings()),
    sampleReused: (log) => session.sampleReused(log),
  }
}
