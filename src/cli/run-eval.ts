import type { HostOptions } from '../evaluate.ts'
import type { DeliveryReport } from '../exporter.ts'
import { globalRegistry } from '../hooks/registry.ts'
import type { EvaluateOptions } from '../runner/options/evaluate-options.ts'
import { loadTasks } from '../runner/run/load-tasks.ts'
import type { LoggedEval } from '../runner/run/run-context.ts'
import type { Task } from '../runner/task/task.ts'
import type { TaskArgs } from '../runner/run/task-args.ts'
import { hideKeys } from '../runner/model/hide-keys.ts'
import { toList } from '../runner/to-list.ts'
import { accountLines, isIncomplete } from './account.ts'
import { FAILED, type CliContext, type ExitCode } from './context.ts'
import { resultLines } from './result-lines.ts'
import { tell } from './tell.ts'
import { boardHooks, showToTop } from './top/show-to-top.ts'
import { columnsOf } from './wrap.ts'

/** The tasks of files. Tells of arguments that none has asked for, and of those that bring a model of their own, where another is given. */
export async function tasksToRun(
  context: CliContext,
  files: readonly string[],
  args: TaskArgs,
  model: EvaluateOptions['model'],
): Promise<readonly Task[]> {
  const tasks = await loadTasks(files, context.cwd, args, (message) => tell(context, message))
  const given = toList(model).map(String).join(',')
  for (const task of given === '' ? [] : tasks) {
    const own = ownModel(task)
    if (own !== undefined && own !== given) {
      tell(context, `task ${task.name} runs with its own model${own && `, ${own}`}, not with --model ${given}`)
    }
  }
  return tasks
}

/** The name of the model that a task brings, as far as it has one yet; undefined where it brings none. */
function ownModel({ options: { model } }: Task): string | undefined {
  if (model === undefined || typeof model === 'string') return model
  if ('modelId' in model) return `${model.provider}/${model.modelId}`
  return 'model' in model ? `${model.provider}/${model.model}` : ''
}

/** The option that leaves out progress and the summary. */
export const noConsole = ['--no-console', 'show only results, and what was delivered'] as const

export interface RunEvalsOptions {
  /** Progress and a summary; true when left out. */
  readonly console?: boolean | undefined
  /** The account is told also where there is nowhere to send anything. */
  readonly tellNowhere?: boolean | undefined
}

/** Runs evals, and ends with their results and the account. */
export async function runEvals(
  context: CliContext,
  work: (host: HostOptions) => Promise<{ readonly success?: boolean; readonly logs: readonly LoggedEval[] }>,
  { console = true, tellNowhere = false }: RunEvalsOptions = {},
): Promise<ExitCode> {
  const { stdout, interrupt, cwd } = context
  let account: DeliveryReport | undefined
  let logs: readonly LoggedEval[] = []
  let success: boolean | undefined
  const host: HostOptions = {
    cwd,
    signals: false,
    ask: console ? ['console'] : [],
    output: stdout,
    report: (message) => tell(context, message),
    banner: (line) => {
      // That evalspan's own are on is no news.
      if (globalRegistry.list().some(({ name }) => !name.startsWith('evalspan/'))) tell(context, line)
    },
    onAccount: (report) => (account = report),
  }
  const shown = await showToTop()
  globalRegistry.registerFirst({
    name: 'evalspan/top',
    description: 'what `evalspan top` shows',
    source: boardHooks(shown.board),
  })
  try {
    ;({ logs, success = logs.every(({ status }) => status === 'success') } = await work(host))
  } finally {
    await shown.close()
    const isTold = account && (account.destinations.length > 0 || tellNowhere)
    const accounted = isTold ? ['', ...accountLines(account!, { columns: columnsOf(stdout) })] : []
    const lines = [...resultLines(logs, cwd), ...accounted]
    if (lines.length > 0) stdout.write(`${hideKeys(lines.join('\n'))}\n`)
  }
  if (interrupt.aborted) return interrupt.reason as ExitCode
  return !success || (account && isIncomplete(account)) ? FAILED : 0
}
