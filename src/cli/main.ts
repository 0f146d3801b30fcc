#!/usr/bin/env node
import { constants } from 'node:os'
import process from 'node:process'
import { runCli } from './cli.ts'
import { terminalOutput } from './terminal.ts'

const interrupt = new AbortController()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
for (const signal of signals) {
  // The first one ends the work in order; after that the signal has its usual effect.
  process.once(signal, () => interrupt.abort(128 + constants.signals[signal]))
}

/** A hook may leave a timer or a connection behind, which would keep the process for ever. */
const mostMsAfterwards = 10_000

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: terminalOutput(process.stdout),
  stderr: terminalOutput(process.stderr),
  cwd: process.cwd(),
  interrupt: interrupt.signal,
})

for (const signal of signals) process.removeAllListeners(signal)
setTimeout(() => process.exit(), mostMsAfterwards).unref()
