import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { positiveNumber } from './positive-number.ts'
import { sendWatch } from './send-watch.ts'

interface WatchOptions {
  readonly once?: boolean
  readonly interval: number
  readonly quiet: number
}

/** `evalspan watch`: the logs in a folder, sent while they are written. */
export function watchCommand(context: CliContext, exit: Exit): Command {
  return new Command('watch')
    .summary('Send what comes into log folders, while evals run.')
    .description(
      'Follows folders of Inspect logs, and sends each sample when it is finished, spans of running samples as they ' +
        'become final, and what was there before, once. Goes on where an earlier watch ended, whatever ended it.',
    )
    .argument('<folder...>', 'folders with logs, and with folders of logs')
    .option('--once', 'send what has come since the last time, and end: for cron')
    .option('--interval <seconds>', 'how often running evals are looked at', positiveNumber, 2)
    .option(
      '--quiet <seconds>',
      'a run is over when all its logs are finished and nothing came for so long',
      positiveNumber,
      10,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan watch logs/                           until Ctrl-C
  $ evalspan watch --once logs/                    what is new, for cron or the end of a CI job
  $ evalspan watch s3://bucket/logs --interval 30`,
    )
    .action(async (folders: string[], { once = false, interval, quiet }: WatchOptions) => {
      exit(await sendWatch(context, folders, { once, intervalMs: interval * 1000, quietMs: quiet * 1000 }))
    })
}
