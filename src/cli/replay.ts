import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { positiveInteger } from './positive-integer.ts'
import { sendReplay } from './send-replay.ts'

interface ReplayOptions {
  readonly dryRun?: true
  readonly limit?: number
  readonly sample?: readonly string[]
  readonly events?: string
  readonly seal?: true
  readonly again?: true
  /** Undefined: where there is a terminal. */
  readonly console?: boolean
}

/** `evalspan replay`: the events of finished runs, as if they happened now. */
export function replayCommand(context: CliContext, exit: Exit): Command {
  return new Command('replay')
    .summary('Send what is in logs of finished runs.')
    .description('Reads logs of Inspect AI and sends what is in them to all destinations that are switched on.')
    .argument(
      '<path...>',
      'logs (.eval, .json), event logs (.jsonl), folders, or patterns such as "logs/**/*.eval"; also s3://, gs://, az://, https://',
    )
    .option('--dry-run', 'read and map everything, send nothing, say what would be sent')
    .option('--limit <n>', 'at most so many samples of each log', positiveInteger)
    .option('--sample <id>', 'only this sample: its id in the dataset or its uuid (may be repeated)', collect)
    .option('--events <file>', 'write the events to a file, one JSON object a line ("-" for standard output)')
    .option('--seal', 'send what the input leaves open, marked as incomplete; it cannot be completed later')
    .option('--again', 'send once more what was delivered before; backends that only append will show it twice')
    .option('--console', 'show progress and a summary (by itself on a terminal)')
    .option('--no-console', 'show only what was delivered')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan replay logs/                          all logs of a folder
  $ evalspan replay "logs/**/*.eval" --dry-run     how much is that?
  $ evalspan replay run.eval --sample lamp-2       one sample
  $ evalspan replay s3://bucket/logs/              all logs of a folder in a store
  $ evalspan replay run.eval --events - | jq .hook`,
    )
    .action(async (paths: string[], options: ReplayOptions) => {
      const code = await sendReplay(context, paths, {
        limit: options.limit,
        samples: options.sample,
        events: options.events,
        dryRun: options.dryRun ?? false,
        seal: options.seal,
        again: options.again,
        console: options.console,
      })
      exit(code)
    })
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}
