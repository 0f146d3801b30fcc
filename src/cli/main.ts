import { constants } from 'node:os'
import process from 'node:process'
import { messageOf } from '../errors.ts'
import { runCli } from './cli.ts'
import { FAILED, type CliContext } from './context.ts'
import { tell } from './tell.ts'
import { terminalOutput } from '../session/terminal-output.ts'

let failedBehind = false
let isExitCodeKept = false
let signalsTaken: ((signal: NodeJS.Signals) => void) | undefined
const interrupt = new AbortController()
const context: CliContext = {
  stdout: terminalOutput(process.stdout, (error) => {
    failedBehind = true
    tell(context, `error: standard output is incomplete: ${error.message}`)
  }),
  stderr: terminalOutput(process.stderr, () => {
    failedBehind = true
  }),
  cwd: process.cwd(),
  interrupt: interrupt.signal,
  takeSignals(take) {
    signalsTaken = take
    return () => (signalsTaken = undefined)
  },
  keepExitCode: () => (isExitCodeKept = true),
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
for (const signal of signals) {
  // The first one ends the work in order; after that the signal has its usual effect. Until then the listener stays: others
  // (of what redraws lines) end the process as soon as they are alone with a signal.
  process.on(signal, () => {
    if (signalsTaken) return signalsTaken(signal)
    if (!interrupt.signal.aborted) return interrupt.abort(128 + constants.signals[signal])
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

// A promise that a hook let go of must not take the account with it.
process.on('unhandledRejection', (error) => {
  failedBehind = true
  const where = 'most likely in a hook, a solver or a tool'
  tell(context, `error: something that nobody waits for failed, ${where}: ${messageOf(error)}`)
})
// After what is thrown where nobody can catch it, in a timer, nothing is certain any more; logs and account have their ends.
process.on('uncaughtException', (error) => {
  tell(context, `error: thrown where nobody catches it: ${(error instanceof Error && error.stack) || messageOf(error)}`)
  if (interrupt.signal.aborted) process.exit(FAILED)
  interrupt.abort(FAILED)
})

process.exitCode = await runCli(process.argv.slice(2), context)
process.once('exit', (code) => {
  if (code === 0 && failedBehind && !isExitCodeKept) process.exitCode = FAILED
})
for (const signal of signals) process.removeAllListeners(signal)
// A hook may leave a timer or a connection behind, which would keep the process for ever; and so do solvers and tools that do
// not listen to the end of their sample.
setTimeout(() => process.exit(), interrupt.signal.aborted ? 500 : 10_000).unref()
