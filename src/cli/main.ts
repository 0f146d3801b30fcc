#!/usr/bin/env node
import { constants } from 'node:os'
import process from 'node:process'
import { runCli } from './cli.ts'
import { terminalOutput } from './terminal.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The first one ends the work in order; after that the signal has its usual effect.
  process.once(signal, () => interrupt.abort(128 + constants.signals[signal]))
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: terminalOutput(process.stdout),
  stderr: terminalOutput(process.stderr),
  cwd: process.cwd(),
  interrupt: interrupt.signal,
})
