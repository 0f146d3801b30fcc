import { openSession, type Session } from '../../builtin.ts'
import type { DeliveryReport } from '../../exporter.ts'
import { globalRegistry } from '../../hooks/registry.ts'
import type { HookEvent } from '../../hooks/hooks.ts'
import type { EvalLog } from '../../inspect/records.ts'
import { Intake } from '../../sources/live/intake.ts'
import { Listener, type ListenAt } from '../../sources/live/listener.ts'
import type { Unfinished } from '../../telemetry/mapping.ts'
import type { CliContext } from '../context.ts'
import { EventPump } from '../event-pump.ts'
import { Board } from '../top/board.ts'
import { orAborted } from '../or-aborted.ts'

export interface LiveSessionOptions {
  readonly at: ListenAt
  /** Takes what is worth a line to the user. */
  readonly report: (message: string) => void
  readonly onEvent?: ((event: HookEvent) => void) | undefined
  readonly onTaskLog?: ((log: EvalLog) => void) | undefined
  /** A run came to no end that could be told; `logs` may tell it later. */
  readonly onOpen: (unfinished: Unfinished, logs: readonly string[], runId: string) => void
}

/** What comes of the end of a live session. */
export interface LiveEnd {
  readonly account: DeliveryReport
  /** Processes that told something. */
  readonly processes: number
  /** What could not be used of what they told, or of their logs. */
  readonly problems: number
}

/** A session whose events come from other processes, through a listener. */
export interface LiveSession {
  readonly listener: Listener
  /** No process will tell anything more: completes what came from logs, sends what waits within the time limit. */
  close(): Promise<LiveEnd>
}

export async function openLiveSession(context: CliContext, options: LiveSessionOptions): Promise<LiveSession> {
  const { interrupt, stderr } = context
  const { report } = options
  const session = await openSession({
    host: 'inspect',
    interrupt,
    cwd: context.cwd,
    signals: false,
    output: stderr,
    report,
    banner: (line) => {
      // That evalspan's own are on is no news.
      if (globalRegistry.list().some(({ name }) => !name.startsWith('evalspan/'))) report(line)
    },
  })
  let problems = 0
  const onProblem = (error: Error): void => {
    problems += 1
    report(`error: ${session.mask(error.message)}`)
  }
  const board = new Board({ mask: (text) => session.mask(text) })
  const intake = new Intake({ to: targetOf(session, board, context, options), onProblem })
  const listener = await Listener.open({ at: options.at, intake, status: () => board.snapshot() }).catch(
    async (error: unknown) => {
      await session.close()
      throw error
    },
  )
  return {
    listener,
    async close() {
      await listener.close()
      await orAborted(intake.end(), interrupt)
      if (session.unmapped > 0) problems += session.unmapped
      const account = await session.close()
      return { account, processes: intake.counts.seen, problems }
    },
  }
}

function targetOf(
  session: Session,
  board: Board,
  { interrupt }: CliContext,
  { onEvent, onTaskLog, onOpen }: LiveSessionOptions,
): ConstructorParameters<typeof Intake>[0]['to'] {
  const pump = new EventPump(session, interrupt)
  return {
    async fire(event) {
      board.event(event)
      onEvent?.(event)
      if (!interrupt.aborted) await pump.fire(event)
    },
    taskLog(log) {
      board.taskLog(log)
      session.taskLog(log)
      onTaskLog?.(log)
    },
    sampleReused: (log) => session.sampleReused(log),
    leaveOpen(runId, logs) {
      board.lost(runId)
      onOpen(session.leaveOpen(runId), logs, runId)
    },
  }
}
