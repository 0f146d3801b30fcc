import process from 'node:process'
import { Command } from 'commander'
import { evalRetry } from '../evaluate.ts'
import type { CliContext, Exit, ExitCode } from './context.ts'
import { evalOptions } from './eval/options.ts'
import { addEvalOptions } from './eval/read-options.ts'
import { variablesHelp } from './eval/variables-help.ts'
import { runEvals } from './run-eval.ts'

/** `evalspan eval-retry`: tasks that failed or were cancelled, gone on with from their logs. */
export function evalRetryCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('eval-retry')
    .summary('Run tasks again that failed or were cancelled, from their logs.')
    .description(
      'Runs the tasks of logs again, one after the other, without the samples that were finished. Task, model and options are ' +
        'those of the log, unless they are given; files of tasks are found from the folder where the eval was run.',
    )
    .argument('<log...>', 'logs of evalspan eval')
    .addHelpText(
      'after',
      `\n${variablesHelp}\n\nExamples:\n  $ evalspan eval-retry logs/2026-11-21T*_arithmetic_*.eval --max-connections 5`,
    )
  const { cwd, interrupt: signal } = context
  const read = addEvalOptions(command, evalOptions(cwd))
  return command.action(async (logs: string[]) => {
    const { options } = read(process.env)
    const codes: ExitCode[] = []
    for (const log of logs) {
      if (signal.aborted) break
      codes.push(
        await runEvals(context, async (host) => ({ logs: await evalRetry(log, { ...options, signal }, host) })),
      )
    }
    exit(codes.find((code) => code !== 0) ?? 0)
  })
}
