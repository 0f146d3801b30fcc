import process from 'node:process'
import { Command } from 'commander'
import { evalRetry } from '../evaluate.ts'
import type { CliContext, Exit, ExitCode } from './context.ts'
import { evalOptions, type OptionGroups } from './eval/options.ts'
import { addEvalOptions } from './eval/read-options.ts'
import { variablesOfRetries } from './eval/variables-help.ts'
import { noConsole, runEvals, type RunEvalsOptions } from './run-eval.ts'

/** How a retry is run, which is not a matter of the log: as in Inspect, variables say so too. */
const ofRun: ReadonlySet<string> = new Set([
  'maxConnections',
  'config.maxRetries',
  'config.timeout',
  'config.attemptTimeout',
  'maxSamples',
  'maxTasks',
  'score',
  'failOnError',
  'continueOnFail',
  'retryOnError',
  'scoreOnError',
  'logDir',
  'logSamples',
  'logRealtime',
  'logShared',
])

/** What a log says itself is not changed by a variable that happens to be there. */
function ofRetries(groups: OptionGroups): OptionGroups {
  const settled = Object.entries(groups).map(([heading, options]) => [
    heading,
    options.map((each) => (ofRun.has(each.to) ? each : { ...each, variables: [] })),
  ])
  return Object.fromEntries(settled) as OptionGroups
}

/** `evalspan eval-retry`: tasks that failed or were cancelled, gone on with from their logs. */
export function evalRetryCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('eval-retry')
    .summary('Run tasks again that failed or were cancelled, from their logs.')
    .description(
      'Runs the tasks of logs again, one after the other, without the samples that were finished. Task, model and options are ' +
        'those of the log, unless they are given; files of tasks are found from the folder where the eval was run.',
    )
    .argument('<log...>', 'logs of evalspan eval')
    .option(...noConsole)
    .addHelpText(
      'after',
      `\n${variablesOfRetries}\n\nExamples:\n  $ evalspan eval-retry logs/2026-11-21T*_arithmetic_*.eval --max-connections 5`,
    )
  const { cwd, interrupt: signal } = context
  const read = addEvalOptions(command, ofRetries(evalOptions(cwd)))
  return command.action(async (logs: string[], { console }: RunEvalsOptions) => {
    const { options } = read(process.env)
    const codes: ExitCode[] = []
    for (const log of logs) {
      if (signal.aborted) break
      codes.push(
        await runEvals(context, async (host) => ({ logs: await evalRetry(log, { ...options, signal }, host) }), {
          console,
        }),
      )
    }
    exit(codes.find((code) => code !== 0) ?? 0)
  })
}
