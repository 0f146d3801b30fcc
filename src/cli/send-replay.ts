import { openSession } from '../builtin.ts'
import { EvalspanError, messageOf } from '../errors.ts'
import type { DeliveryReport } from '../exporter.ts'
import { globalRegistry } from '../hooks/registry.ts'
import { replay } from '../sources/replay.ts'
import { accountLines, dryRunLines, isIncomplete, passedOverLines, unfinishedLines } from './account.ts'
import { FAILED, type CliContext, type ExitCode } from './context.ts'
import { EventPump } from './event-pump.ts'
import { openRecords, type RecordWriter } from './record-file.ts'
import { tell } from './tell.ts'
import { columnsOf } from './wrap.ts'

export interface SendReplayOptions {
  /** Samples of each log. */
  readonly limit?: number | undefined
  readonly samples?: readonly string[] | undefined
  /** Where the events are written as well; `-` is standard output. */
  readonly events?: string | undefined
  readonly dryRun: boolean
  /** What was delivered before is sent once more. */
  readonly again?: boolean | undefined
  /** What the input leaves open is sent as incomplete. */
  readonly seal?: boolean | undefined
  /** Progress and a summary; on a terminal when left out. */
  readonly console?: boolean | undefined
}

/** Replays logs to all that is switched on, and ends with the account. */
export async function sendReplay(
  context: CliContext,
  paths: readonly string[],
  options: SendReplayOptions,
): Promise<ExitCode> {
  const { stdout, interrupt } = context
  // With `--events -` standard output is for the events alone.
  const output = options.events === '-' ? context.stderr : stdout
  const session = await openSession({
    host: 'inspect',
    replay: true,
    interrupt,
    cwd: context.cwd,
    ask: (options.console ?? output.interactive) ? ['console'] : [],
    send: !options.dryRun,
    again: options.again,
    output,
    report: (message) => tell(context, message),
    banner: (line) => {
      // That evalspan's own are on is no news.
      if (globalRegistry.list().some(({ name }) => !name.startsWith('evalspan/'))) tell(context, line)
    },
  })
  let records: RecordWriter | undefined
  if (options.events !== undefined) {
    records = await openRecords(options.events, {
      inputs: paths,
      stdout,
      mask: (data) => session.mask(data),
      report: (message) => tell(context, message),
    }).catch(async (error: unknown) => {
      await session.close()
      throw error
    })
  }
  let problems = 0
  const onProblem = (error: Error): void => {
    problems += 1
    tell(context, `error: ${session.mask(error.message)}`)
  }

  let account: DeliveryReport | undefined
  let samples = 0
  let passedOver = 0
  try {
    const events = replay(paths, {
      limit: options.limit,
      samples: options.samples,
      onProblem,
      to: {
        taskLog: (log) => session.taskLog(log),
        sampleReused(log) {
          passedOver += 1
          session.sampleReused(log)
        },
      },
    })
    const isOver = (): boolean => interrupt.aborted || (options.events === '-' && stdout.closed)
    const pump = new EventPump(session, interrupt)
    for await (const event of events) {
      if (isOver()) break
      if (event.hook === 'onSampleEnd') samples += 1
      try {
        await records?.write(event)
      } catch (error) {
        if (error instanceof EvalspanError) throw error
        onProblem(new Error(`--events: an event of ${event.hook} is left out: ${messageOf(error)}`))
      }
      await pump.fire(event)
    }
    await records?.close()
    if (options.seal && !isOver()) session.seal()
    else if (!isOver()) for (const line of unfinishedLines(session.unfinished)) tell(context, line)
  } finally {
    if (session.unmapped > 0) {
      const what = session.unmapped === 1 ? '1 event, which' : `${session.unmapped} events, which`
      onProblem(new Error(`lost: ${what} could not be turned into spans; see above`))
    }
    account = await session.close()
    // Who only wants the events needs no word about destinations.
    if (!records || account.destinations.length > 0) {
      const lines = options.dryRun
        ? dryRunLines(account, samples)
        : accountLines(account, { columns: columnsOf(output), again: options.again })
      output.write(`${[...lines, ...passedOverLines(passedOver)].join('\n')}\n`)
    }
  }
  if (interrupt.aborted) return interrupt.reason as ExitCode
  return problems > 0 || (!options.dryRun && isIncomplete(account)) ? FAILED : 0
}
