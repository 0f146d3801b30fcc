import { Command } from 'commander'
import type { CliContext, Exit } from './context.ts'
import { demoCommand } from './demo/demo.ts'
import { doctorCommand } from './doctor.ts'
import { dropCommand } from './drop.ts'
import { evalRetryCommand } from './eval-retry.ts'
import { evalSetCommand } from './eval-set.ts'
import { evalCommand } from './eval.ts'
import { flushCommand } from './flush.ts'
import { hooksCommand } from './hooks.ts'
import { listenCommand } from './listen.ts'
import { packageVersion } from './package-folder.ts'
import { replayCommand } from './replay.ts'
import { retryCommand } from './retry.ts'
import { runCommand } from './run.ts'
import { statusCommand } from './status.ts'
import { topCommand } from './top.ts'
import { watchCommand } from './watch.ts'
import { whereCommand } from './where.ts'

const commands = [
  evalCommand,
  evalSetCommand,
  evalRetryCommand,
  runCommand,
  listenCommand,
  replayCommand,
  watchCommand,
  topCommand,
  demoCommand,
  flushCommand,
  statusCommand,
  whereCommand,
  retryCommand,
  dropCommand,
  hooksCommand,
  doctorCommand,
]

/** All commands, ready to parse. Help and usage errors go to the context, never to the process. */
export function createProgram(context: CliContext, exit: Exit): Command {
  const program = new Command('evalspan')
    .description('Hooks in, spans out: LLM evaluations as OpenTelemetry traces and metrics.')
    .version(packageVersion(), '-V, --version', 'Show the version.')
    .helpOption('-h, --help', 'Show this help.')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'Show the help of a command.')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan eval arithmetic.eval.ts --model openai/gpt-4o
  $ evalspan run -- inspect eval task.py --model openai/gpt-4o
  $ evalspan demo                                  a small eval without a key, on this terminal
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 evalspan replay logs/
  $ evalspan status                                what was delivered, and what waits
  $ evalspan hooks                                 where things go, and how to switch on more

Exit codes: 0 done, 1 something was not delivered or not readable, 2 wrong usage.`,
    )
  for (const command of commands) program.addCommand(command(context, exit))
  for (const each of [program, ...program.commands]) settle(each, context)
  return program
}

function settle(command: Command, { stdout, stderr }: CliContext): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'Show this help.')
    .showHelpAfterError('(--help shows how to use it)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns,
      getErrHelpWidth: () => stderr.columns,
      getOutHasColors: () => stdout.color,
      getErrHasColors: () => stderr.color,
    })
}
