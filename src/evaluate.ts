import { openSession, type Session } from './builtin.ts'
import { EvalspanError } from './errors.ts'
import { reportToStderr } from './hooks/report.ts'
import { withinSpan } from './active-span.ts'
import { CancelledError } from './runner/eval-error.ts'
import type { EvaluateOptions } from './runner/evaluate-options.ts'
import { resolveUnits } from './runner/resolve-units.ts'
import { runTasks } from './runner/run-tasks.ts'
import { shortUuid } from './runner/short-uuid.ts'
import { Task } from './runner/task.ts'
import type { LoggedEval, RunContext } from './runner/task-run.ts'
import { telemetrySettings } from './telemetry/settings.ts'

/**
 * Runs tasks and gives their logs, without samples. Hooks are fired as Inspect fires them, and all exporters that are on get
 * the run as it goes. Rejects for what keeps a run from being made: an option, a model, a required hook; what goes wrong in
 * samples is in the logs.
 */
export async function evaluate(tasks: Task | readonly Task[], options: EvaluateOptions = {}): Promise<LoggedEval[]> {
  const list = Array.isArray(tasks) ? (tasks as readonly Task[]) : [tasks as Task]
  for (const [index, each] of list.entries()) {
    if (!(each instanceof Task)) throw new EvalspanError('BAD_OPTION', `tasks[${index}] is no task; make it with task()`)
  }
  return await inSession(options, async (session, signal) => {
    const runId = shortUuid()
    const run = runContext(session, options, signal)
    return await runTasks({ evalSetId: undefined, runId }, run, () => resolveUnits(list, options, { evalSetId: undefined, runId }))
  })
}

function runContext({ emitter }: Session, options: EvaluateOptions, signal: AbortSignal): RunContext {
  return {
    emitter,
    report: reportToStderr,
    options,
    logDir: options.logDir ?? (process.env['INSPECT_LOG_DIR'] || './logs'),
    signal,
    within: withinSpan(telemetrySettings()),
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * A signal cancels what runs, so that it has its end and its log, and is given again when that is done: what becomes of the
 * process is as it would be without us. A program with a listener of its own decides itself.
 */
async function inSession<T>(
  { signal: given }: EvaluateOptions,
  work: (session: Session, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const session = await openSession({ host: 'evalspan', signals: false })
  const interrupt = new AbortController()
  const caught: NodeJS.Signals[] = []
  const hasListener = new Map(signals.map((name) => [name, process.listenerCount(name) > 0]))
  const interrupted = (name: NodeJS.Signals): void => {
    caught.push(name)
    interrupt.abort(new CancelledError())
  }
  for (const name of signals) process.on(name, interrupted)
  const cancelled = given && AbortSignal.any([given])
  const forward = (): void => interrupt.abort(new CancelledError())
  if (cancelled?.aborted) forward()
  cancelled?.addEventListener('abort', forward, { once: true })
  try {
    return await work(session, interrupt.signal)
  } finally {
    cancelled?.removeEventListener('abort', forward)
    await session.close()
    for (const name of signals) process.off(name, interrupted)
    const [name] = caught
    if (name !== undefined && !hasListener.get(name as (typeof signals)[number])) process.kill(process.pid, name)
  }
}
