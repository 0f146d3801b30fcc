import process from 'node:process'
import { Command } from 'commander'
import { evaluate } from '../evaluate.ts'
import type { CliContext, Exit } from './context.ts'
import { evalOptions, taskOptions } from './eval/options.ts'
import { addEvalOptions } from './eval/read-options.ts'
import { variablesHelp } from './eval/variables-help.ts'
import { noConsole, runEvals, tasksToRun, type RunEvalsOptions } from './run-eval.ts'

/** `evalspan eval`: tasks from TypeScript files, run here. */
export function evalCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('eval')
    .summary('Run tasks from TypeScript or JavaScript files.')
    .description(
      'Runs the tasks that files export, writes their logs, and sends what happens wherever the environment says, while ' +
        'it happens. Ctrl-C ends samples and logs in order.',
    )
    .argument('<file...>', 'files with tasks; FILE@name is one of those in it')
    .option(...noConsole)
    .addHelpText(
      'after',
      `
${variablesHelp}

Examples:
  $ evalspan eval arithmetic.eval.ts --model openai/gpt-4o
  $ evalspan eval evals/math.ts@hard -T level=3 --limit 10 --epochs 2
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan eval evals/*.ts`,
    )
  const { cwd, interrupt: signal } = context
  const read = addEvalOptions(command, { ...taskOptions(cwd), ...evalOptions(cwd) })
  return command.action(async (files: string[], { console }: RunEvalsOptions) => {
    const { options, args } = read(process.env)
    const tasks = await tasksToRun(context, files, args, options.model)
    exit(
      await runEvals(context, async (host) => ({ logs: await evaluate(tasks, { ...options, signal }, host) }), {
        console,
      }),
    )
  })
}
