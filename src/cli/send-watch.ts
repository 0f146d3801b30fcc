import { setTimeout as sleep } from 'node:timers/promises'
import { openSession, type Session } from '../builtin.ts'
import { EvalspanError, messageOf } from '../errors.ts'
import type { DeliveryReport } from '../exporter.ts'
import { statPath } from '../files/files.ts'
import { shownPath } from '../files/shown-path.ts'
import { LogWatch } from '../sources/watch/log-watch.ts'
import { accountLines, isIncomplete } from './account.ts'
import { FAILED, type CliContext, type ExitCode } from './context.ts'
import { EventPump } from './event-pump.ts'
import { tell } from './tell.ts'
import { WatchLines } from './watch-lines.ts'
import { columnsOf } from './wrap.ts'

export interface SendWatchOptions {
  /** One look, and no more. */
  readonly once: boolean
  readonly intervalMs: number
  readonly quietMs: number
}

/** Follows folders until it is interrupted, and ends with the account. */
export async function sendWatch(
  context: CliContext,
  folders: readonly string[],
  { once, intervalMs, quietMs }: SendWatchOptions,
): Promise<ExitCode> {
  const { stdout, interrupt } = context
  await expectFolders(folders)
  const session = await openSession({
    host: 'inspect',
    replay: true,
    interrupt,
    cwd: context.cwd,
    output: stdout,
    report: (message) => tell(context, message),
    banner: () => {},
  })
  let problems = 0
  const onProblem = (error: Error): void => {
    problems += 1
    tell(context, `error: ${session.mask(error.message)}`)
  }
  let account: DeliveryReport
  let watch: LogWatch | undefined
  try {
    const notes = await session.notes('watch')
    const lines = new WatchLines(stdout)
    watch = new LogWatch({
      folders,
      notes,
      quietMs,
      intervalMs,
      onProblem,
      to: {
        taskLog(log) {
          session.taskLog(log)
          lines.tasks.taskLog(log)
        },
        sampleReused: (log) => session.sampleReused(log),
      },
    })
    let endMs: number | undefined
    for (;;) {
      await look(watch, session, lines, onProblem, interrupt)
      lines.looked(() => watch!.counts(), folders)
      const now = performance.now()
      // What was finished at the first look is quiet by then, or goes on and is for the next time.
      endMs ??= now + quietMs
      if (interrupt.aborted || (once && (!watch.isSettling || now > endMs))) break
      // Also what was just finished has its end, which is known when nothing more comes.
      await sleep(once ? Math.min(intervalMs, quietMs) : intervalMs, undefined, { signal: interrupt }).catch(() => {})
    }
  } finally {
    watch?.close()
    account = await session.close()
    stdout.write(`${accountLines(account, { columns: columnsOf(stdout), tellKnown: false }).join('\n')}\n`)
  }
  if (interrupt.aborted && once) return interrupt.reason as ExitCode
  return problems > 0 || isIncomplete(account) ? FAILED : 0
}

/** Notes are worth little each, and a long first look may be interrupted. */
const noteEveryMs = 2000

async function look(
  watch: LogWatch,
  session: Session,
  lines: WatchLines,
  onProblem: (error: Error) => void,
  interrupt: AbortSignal,
): Promise<void> {
  let notedAt = performance.now()
  const note = async (): Promise<void> => {
    notedAt = performance.now()
    const notes = watch.notes.take()
    try {
      const named = [...notes].map(([name, value]) => ({ name, value }))
      if (named.length > 0) await session.note('watch', named)
    } catch {
      // The outbox is locked, or its disk full: what is not noted is told again, which costs time alone.
      watch.notes.giveBack(notes)
    }
  }
  const pump = new EventPump(session, interrupt)
  try {
    for await (const batch of watch.scan()) {
      for (const event of batch) {
        if (interrupt.aborted) return
        lines.tasks.event(event)
        await pump.fire(event)
      }
      if (performance.now() - notedAt > noteEveryMs) await note()
    }
  } catch (error) {
    onProblem(error instanceof Error ? error : new Error(messageOf(error)))
  } finally {
    await note()
  }
}

async function expectFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const info = await statPath(folder)
    if (info?.kind === 'folder') continue
    const what = info ? 'is a file; name the folder in which logs are written' : 'no such folder'
    throw new EvalspanError('BAD_OPTION', `${shownPath(folder)}: ${what}`)
  }
}
