import process from 'node:process'
import { Command } from 'commander'
import { evalSet } from '../evaluate.ts'
import { EvalspanError } from '../errors.ts'
import type { CliContext, Exit } from './context.ts'
import { evalOptions, setOptions, taskOptions } from './eval/options.ts'
import { addEvalOptions } from './eval/read-options.ts'
import { variablesHelp } from './eval/variables-help.ts'
import { noConsole, runEvals, tasksToRun, type RunEvalsOptions } from './run-eval.ts'

/** `evalspan eval-set`: tasks from TypeScript files, run until all have succeeded. */
export function evalSetCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('eval-set')
    .summary('Run tasks until all of them have succeeded, going on from a folder.')
    .description(
      'Runs the tasks that files export; those that fail are run again, without the samples that were finished. Called again ' +
        'on the same folder it does what is left.',
    )
    .argument('<file...>', 'files with tasks; FILE@name is one of those in it')
    .option(...noConsole)
    .addHelpText(
      'after',
      `\n${variablesHelp}\n\nExamples:\n  $ evalspan eval-set evals/*.ts --model openai/gpt-4o --log-dir logs/set-1`,
    )
  const { cwd, interrupt: signal } = context
  const read = addEvalOptions(command, { ...setOptions, ...taskOptions(cwd), ...evalOptions(cwd) })
  return command.action(async (files: string[], { console }: RunEvalsOptions) => {
    const { options, args } = read(process.env)
    const { logDir } = options
    if (!logDir) throw new EvalspanError('BAD_OPTION', '--log-dir is missing: a set needs a folder of its own')
    const tasks = await tasksToRun(context, files, args, options.model)
    exit(await runEvals(context, (host) => evalSet(tasks, { ...options, logDir, signal }, host), { console }))
  })
}
