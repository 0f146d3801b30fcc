/**
 * A program with an eval in it, as an application writes it: it plays the events of a file as a live run and ends with
 * an exit code of its own. What it says on standard output is for the test that started it, a JSON value a line.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSession, replay } from '../../../src/index.ts'

export interface HostRun {
  readonly events: string
  readonly exitCode: number
  /** Milliseconds between two events. */
  readonly paceMs?: number
  /** How many events are fired between two waits for the store; each wait is told as `{ stored: EVENTS }`. */
  readonly storedEvery?: number
  /** After so many events it says `{ paused: EVENTS }` and waits for a line on standard input. */
  readonly pauseAfter?: number
  /** How it ends after `endAfter` events, or after the last: `close` the session, or leave it as it is. */
  readonly end?: 'close' | 'exit' | 'throw' | 'return'
  readonly endAfter?: number
  /** It ends itself with the exit code on SIGTERM and SIGINT. */
  readonly ownHandler?: boolean
}

const run = JSON.parse(process.argv[2] ?? '{}') as HostRun
const { events, exitCode, paceMs = 0, storedEvery = 10, end = 'close', endAfter = Infinity } = run

if (run.ownHandler) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(exitCode))
}

const session = await openSession({ host: 'inspect' })
tell({ opened: true })
const onProblem = (error: Error): never => {
  throw error
}
let fired = 0
for await (const { hook, data, meta } of replay([events], { onProblem })) {
  if (fired >= endAfter) break
  await session.emitter.emit(hook, data, { ...meta, replay: false })
  fired += 1
  if (fired % storedEvery === 0) await stored()
  if (fired === run.pauseAfter) {
    await stored()
    tell({ paused: fired })
    await line()
  }
  if (paceMs > 0) await sleep(paceMs)
}

tell({ fired })
if (end === 'exit') process.exit(exitCode)
if (end === 'throw') throw new Error('the eval itself failed')
process.exitCode = exitCode
if (end === 'close') {
  const began = performance.now()
  const report = await session.close()
  tell({ report, closedInMs: Math.round(performance.now() - began) })
}

async function stored(): Promise<void> {
  await session.stored()
  tell({ stored: fired })
}

async function line(): Promise<void> {
  const input = createInterface({ input: process.stdin })
  await once(input, 'line')
  input.close()
}

/** At once, so that what was told before a kill is known. */
function tell(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`)
}
