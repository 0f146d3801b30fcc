import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { sendWaiting } from './send-waiting.ts'

/** `evalspan flush`: what waits, to wherever it was meant to go. */
export function flushCommand(context: CliContext, exit: Exit): Command {
  return new Command('flush')
    .summary('Send what waits in the outbox.')
    .description(
      'Sends what waits in the outbox for the destinations that are on, and the metrics, for as long as something moves. ' +
        'Ctrl-C leaves the rest for another time. Exit code 1: something is left.',
    )
    .option('--seal', 'close spans whose process is gone, marked as incomplete; they cannot be completed later')
    .addHelpText(
      'after',
      `
Examples:
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan flush
  $ evalspan flush --seal                          after a crash, when there is no log to replay`,
    )
    .action(async ({ seal }: { readonly seal?: true }) => {
      exit(await sendWaiting(context, { seal }))
    })
}
