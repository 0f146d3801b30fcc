import { evaluate } from '../evaluate.ts'
import type { DeliveryReport } from '../exporter.ts'
import { globalRegistry } from '../hooks/registry.ts'
import type { EvaluateOptions } from '../runner/evaluate-options.ts'
import type { LoggedEval } from '../runner/task-run.ts'
import type { Task } from '../runner/task.ts'
import { hideKeys } from '../runner/model/hide-keys.ts'
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

/** Runs the tasks of files. */
export async function runEval(
  context: CliContext,
  files: readonly string[],
  { args, model, ...options }: RunEvalOptions,
): Promise<ExitCode> {
  const tasks = await loadTasks(files, context.cwd, args)
  for (const task of model === undefined ? [] : tasks) {
    const own = ownModel(task)
    if (own !== undefined && own !== model) {
      tell(context, `task ${task.name} runs with its own model${own && `, ${own}`}, not with --model ${model}`)
    }
  }
  return await runTasks(context, tasks, { ...options, model: model?.split(',') })
}

/** The name of the model that a task brings, as far as it has one yet; undefined where it brings none. */
function ownModel({ options: { model } }: Task): string | undefined {
  if (model === undefined || typeof model === 'string') return model
  if ('modelId' in model) return `${model.provider}/${model.modelId}`
  return 'model' in model ? `${model.provider}/${model.model}` : ''
}

/** Runs tasks, and ends with their results and the account; `tellNowhere`: also where there is nowhere to send it. */
export async function runTasks(
  context: CliContext,
  tasks: readonly Task[],
  options: EvaluateOptions & { readonly tellNowhere?: boolean },
): Promise<ExitCode> {
  const { stdout, interrupt, cwd } = context
  const { tellNowhere = false, ...run } = options
  let account: DeliveryReport | undefined
  let logs: readonly LoggedEval[] = []
  try {
    logs = await evaluate(
      tasks,
      { ...run, signal: interrupt },
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
    const isTold = account && (account.destinations.length > 0 || tellNowhere)
    const accounted = isTold ? ['', ...accountLines(account!, { columns: columnsOf(stdout) })] : []
    const lines = [...resultLines(logs, cwd), ...accounted]
    if (lines.length > 0) stdout.write(`${hideKeys(lines.join('\n'))}\n`)
  }
  if (interrupt.aborted) return interrupt.reason as ExitCode
  const hasFailed = logs.some(({ status }) => status !== 'success')
  return hasFailed || (account && isIncomplete(account)) ? FAILED : 0
}
