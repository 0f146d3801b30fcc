import { setTimeout as sleep } from 'node:timers/promises'
import { accountLines, isIncomplete } from '../account.ts'
import { FAILED, type CliContext, type ExitCode } from '../context.ts'
import { TaskLines } from '../task-lines.ts'
import { tell } from '../tell.ts'
import { columnsOf } from '../wrap.ts'
import { listenAt, type ListenOptions } from './listen-at.ts'
import { openLiveSession } from './live-session.ts'
import { OpenRuns } from './open-runs.ts'

const tellEveryMs = 2000

/** Listens to any number of processes until it is interrupted, and ends with the account. */
export async function sendListen(context: CliContext, options: ListenOptions): Promise<ExitCode> {
  const { stdout } = context
  const stop = new AbortController()
  // The first one ends the listening, in order; the next one interrupts that.
  const giveBack = context.takeSignals(() => {
    giveBack()
    stop.abort()
  })
  const at = listenAt(options, process.env)
  const lines = new TaskLines(stdout)
  const live = await openLiveSession(context, {
    at,
    report: (line) => tell(context, line),
    onEvent: (event) => lines.event(event),
    onTaskLog: (log) => lines.taskLog(log),
    onOpen(unfinished, logs, runId) {
      lines.lost(runId)
      const open = new OpenRuns()
      open.add(unfinished, logs)
      for (const line of open.lines()) tell(context, line)
    },
  })
  const { address } = live.listener
  lines.write(`listening at ${address}`)
  stdout.write(
    `Where Inspect runs, with evalspan-inspect installed: export ${'socket' in at ? 'EVALSPAN_SOCKET' : 'EVALSPAN_URL'}=${address}\n`,
  )
  while (!stop.signal.aborted) {
    await sleep(tellEveryMs, undefined, { signal: stop.signal }).catch(() => {})
    lines.tell()
  }
  const { account, problems } = await live.close()
  stdout.write(`${accountLines(account, { columns: columnsOf(stdout), tellKnown: false }).join('\n')}\n`)
  return problems > 0 || isIncomplete(account) ? FAILED : 0
}
