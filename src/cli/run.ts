import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { sendRun } from './live/send-run.ts'

/** `evalspan run`: a command in which Inspect runs, seen live. */
export function runCommand(context: CliContext, exit: Exit): Command {
  return new Command('run')
    .summary('Run a command that runs Inspect, and send what happens while it does.')
    .description(
      'Runs a command and sends what Inspect AI does in it, live: nothing is changed or installed in the eval, and its ' +
        'terminal, Ctrl-C and exit code are its own. What was missed on the way is completed from the logs at the end.',
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'inspect eval …, inspect eval-set …, inspect eval-retry …, python script.py, uv run …')
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Needs Inspect 0.3.112 or later. EVALSPAN_PROPAGATE=1 sends traceparent along with model calls. What was delivered is
told on standard error.

Examples:
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan run -- inspect eval task.py --model openai/gpt-4o
  $ evalspan run -- uv run python my_evals.py
  $ evalspan top                                   what runs now, in another terminal`,
    )
    .action(async (command: string[]) => {
      exit(await sendRun(context, command))
    })
}
