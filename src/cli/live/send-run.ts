import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ListenAt } from '../../sources/live/listener.ts'
import { EvalspanError } from '../../errors.ts'
import { accountLines } from '../account.ts'
import type { CliContext, ExitCode } from '../context.ts'
import { socketPath } from '../runtime-folder.ts'
import { tell } from '../tell.ts'
import { columnsOf } from '../wrap.ts'
import { notStartedCode, runChild } from './child.ts'
import { forwarderEnvironment } from './forwarder-environment.ts'
import { openLiveSession, type LiveEnd } from './live-session.ts'
import { HeldLines } from './held-lines.ts'
import { OpenRuns } from './open-runs.ts'

/** Runs a command, sends what Inspect does in it while it does it, and ends as the command ended. */
export async function sendRun(context: CliContext, command: readonly string[]): Promise<ExitCode> {
  const { stderr, cwd, interrupt } = context
  // The terminal is the command's.
  const lines = new HeldLines((line) => tell(context, line))
  const at = ownPlace()
  const open = new OpenRuns()
  const live = await openLiveSession(context, {
    at,
    report: (line) => lines.add(line),
    onOpen: (unfinished, logs) => open.add(unfinished, logs),
  })
  let exitCode: ExitCode
  let isStarted = true
  let end: LiveEnd
  lines.hold()
  try {
    if (interrupt.aborted) return interrupt.reason as ExitCode
    const env = forwarderEnvironment(process.env, addressVariables(at, live.listener.address))
    exitCode = await runChild(context, command, { cwd, env })
    context.keepExitCode()
  } catch (error) {
    if (!(error instanceof EvalspanError)) throw error
    lines.add(`error: ${error.message}`)
    exitCode = notStartedCode(error)
    isStarted = false
  } finally {
    lines.release()
    end = await live.close()
  }
  if (!isStarted) return exitCode
  if (end.processes === 0) tell(context, nothingSeen)
  const columns = columnsOf(stderr)
  stderr.write(`${[...open.lines(), ...accountLines(end.account, { columns, tellKnown: false })].join('\n')}\n`)
  return exitCode
}

const nothingSeen =
  'No run of Inspect was seen in the command. It takes Inspect 0.3.112 or later, and a Python that is not told to ignore ' +
  'PYTHONPATH (python -I, -E), unless evalspan-inspect is installed there. What is in the logs is sent by `evalspan replay`.'

function ownPlace(): ListenAt {
  if (process.platform !== 'win32') return { socket: ownSocket() }
  // Its Python knows no Unix sockets.
  return { host: '127.0.0.1', port: 0, token: randomBytes(32).toString('hex') }
}

/** Where `top` finds it, or else in a folder of its own: that somebody has taken the place is no reason not to run a command. */
function ownSocket(): string {
  try {
    return socketPath(`run-${process.pid}.sock`, process.env)
  } catch {
    return join(mkdtempSync(join(tmpdir(), 'evalspan-')), 'run.sock')
  }
}

function addressVariables(at: ListenAt, address: string): NodeJS.ProcessEnv {
  return 'socket' in at ? { EVALSPAN_SOCKET: address } : { EVALSPAN_URL: address, EVALSPAN_TOKEN: at.token }
}
