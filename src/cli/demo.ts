import { join } from 'node:path'
import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { packageFolder } from './package-folder.ts'
import { sendReplay } from './send-replay.ts'

/** `evalspan demo`: a recorded run, to see what comes out before there is a run of one's own. */
export function demoCommand(context: CliContext, exit: Exit): Command {
  return new Command('demo')
    .summary('Show a recorded run, and send it wherever the environment says.')
    .description(
      'Shows a run of Inspect AI that was recorded with a scripted model (seven samples: parallel tools, retries, a ' +
        'limit, an error), and sends it to all destinations that are switched on.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan demo
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan demo`,
    )
    .action(async () => {
      exit(await sendReplay(context, [join(packageFolder(), 'demo')], { console: true, dryRun: false }))
    })
}
