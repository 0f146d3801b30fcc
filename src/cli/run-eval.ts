import { evaluate } from '../evaluate.ts'
import type { DeliveryReport } from '../exporter.ts'
import { globalRegistry } from '../hooks/registry.ts'
import type { LoggedEval } from '../runner/task-run.ts'
import { accountLines, isIncomplete } from './account.ts'
import { FAILED, type CliContext, type ExitCode } from './context.ts'
import { loadTasks, type TaskArgs } from './load-tasks.ts'
import { resultLines } from './result-lines.ts'
import { tell } from './tell.ts'
import { columnsOf } from './wrap.ts'

export interface RunEvalOptions {
  readonly model?: string | undefined
  readonly limit?: number | undefined
  readonly epochs?: number | undefined
  readonly sampleId?: readonly string[] | undefined
  readonly maxConnections?: number | undefined
  readonly maxSamples?: number | undefined
  readonly logDir?: string | undefined
  readonly args: TaskArgs
}

/** Runs the tasks of files, and ends with their results and the account. */
export async function runEval(
  context: CliContext,
  files: readonly string[],
  { args, model, ...options }: RunEvalOptions,
): Promise<ExitCode> {
  const { stdout, interrupt, cwd } = context
  const tasks = (await Promise.all(files.map((file) => loadTasks(file, cwd, args)))).flat()
  let account: DeliveryReport | undefined
  let logs: readonly LoggedEval[] = []
  try {
    logs = await evaluate(
      tasks,
      { ...options, model: model?.split(','), signal: interrupt },
      {
        cwd,
        signals: false,
        ask: ['console'],
        output: stdout,
        report: (message) => tell(context, message),
        banner: (line) => {
          // That evalspan's own are on is no news.
          if (globalRegistry.list().some(({ name }) => !name.startsWith('evalspan/'))) tell(context, line)
        },
        onAccount: (report) => (account = report),
      },
    )
  } finally {
    const lines = [
      ...resultLines(logs, cwd),
      ...(account && account.destinations.length > 0 ? ['', ...accountLines(account, { columns: columnsOf(stdout) })] : []),
    ]
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
  }
  if (interrupt.aborted) return interrupt.reason as ExitCode
  const hasFailed = logs.some(({ status }) => status !== 'success')
  return hasFailed || (account && isIncomplete(account)) ? FAILED : 0
}
