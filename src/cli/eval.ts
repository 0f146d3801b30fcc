import { Command, InvalidArgumentError } from 'commander'
import type { Json } from '../inspect/records.ts'
import type { CliContext, Exit } from './context.ts'
import { positiveInteger } from './positive-integer.ts'
import { runEval, type RunEvalOptions } from './run-eval.ts'

interface EvalOptions extends Omit<RunEvalOptions, 'args'> {
  readonly taskArg?: { readonly [name: string]: Json }
}

/** `evalspan eval`: tasks from TypeScript files, run here. */
export function evalCommand(context: CliContext, exit: Exit): Command {
  return new Command('eval')
    .summary('Run tasks from TypeScript or JavaScript files.')
    .description(
      'Runs the tasks that files export, writes their logs, and sends what happens wherever the environment says, while ' +
        'it happens. Ctrl-C ends samples and logs in order.',
    )
    .argument('<file...>', 'files with tasks; FILE@name is one of those in it')
    .option('--model <name>', 'provider/model, of an AI SDK package in the project; more than one with commas')
    .option('--limit <samples>', 'so many samples of each task, the first ones', positiveInteger)
    .option('--epochs <times>', 'how often each sample is run', positiveInteger)
    .option('--sample-id <id>', 'this sample alone; may be given again', collect)
    .option('-T, --task-arg <name=value>', 'an argument of a task that is a function; may be given again', argument)
    .option('--max-connections <calls>', 'calls of a model at once', positiveInteger)
    .option('--max-samples <samples>', 'samples at once', positiveInteger)
    .option('--log-dir <folder>', 'where logs are written: INSPECT_LOG_DIR, or ./logs')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan eval arithmetic.eval.ts --model openai/gpt-4o
  $ evalspan eval evals/math.ts@hard -T level=3 --limit 10 --epochs 2
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan eval evals/*.ts`,
    )
    .action(async (files: string[], { taskArg: args = {}, ...options }: EvalOptions) => {
      exit(await runEval(context, files, { ...options, args }))
    })
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** `name=value`; a value that is JSON is what it says, any other is a text. */
function argument(text: string, before: { readonly [name: string]: Json } = {}): { readonly [name: string]: Json } {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Give a name and a value: level=3.')
  return { ...before, [name]: parsed(value!) }
}

function parsed(value: string): Json {
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}
