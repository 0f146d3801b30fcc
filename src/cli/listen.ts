import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import type { ListenOptions } from './live/listen-at.ts'
import { sendListen } from './live/send-listen.ts'

/** `evalspan listen`: a standing listener for many processes of Inspect. */
export function listenCommand(context: CliContext, exit: Exit): Command {
  return new Command('listen')
    .summary('Listen to many processes that run Inspect, and send what happens in them.')
    .description(
      'Takes what the package evalspan-inspect (pip) tells of runs of Inspect AI, from any number of processes at once, ' +
        'and sends it live. Ends at Ctrl-C or SIGTERM, with what waits sent and accounted for.',
    )
    .option('--socket <path>', 'the Unix socket, for this user alone (listen.sock in the runtime folder)')
    .option('--tcp <host:port>', 'a TCP port instead; EVALSPAN_TOKEN is the token that clients have to bring')
    .option('--tls-cert <file>', 'certificate, PEM; needed beyond this machine')
    .option('--tls-key <file>', 'its key, PEM')
    .addHelpText(
      'after',
      `
Where Inspect runs: EVALSPAN_SOCKET, or EVALSPAN_URL and EVALSPAN_TOKEN, say where it listens. GET /healthz says whether
it does. Of each connection 50 requests a second are taken, of each batch 64 MiB.

Examples:
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan listen
  $ EVALSPAN_TOKEN=$(cat token) evalspan listen --tcp 127.0.0.1:7338`,
    )
    .action(async (options: ListenOptions) => {
      exit(await sendListen(context, options))
    })
}
