import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { Progress } from '../../exporters/console/progress.ts'
import { FAILED, type CliContext, type CliOutput, type Exit, type ExitCode } from './context.ts'
import { positiveNumber } from './positive-number.ts'
import { tell } from './tell.ts'
import { findAddresses } from './top/addresses.ts'
import { Listeners } from './top/listeners.ts'
import { emptySnapshot } from './top/merge.ts'
import { onQuitKey } from './top/quit-key.ts'
import { viewLines } from './top/view.ts'
import { columnsOf } from './wrap.ts'

/** Seconds; timers have an end. */
const longestInterval = 86_400

interface TopOptions {
  readonly once?: boolean
  readonly json?: boolean
  readonly interval: number
  readonly socket?: readonly string[]
  readonly url?: string
}

/** `evalspan top`: what runs now. */
export function topCommand(context: CliContext, exit: Exit): Command {
  return new Command('top')
    .summary('Show what runs now.')
    .description(
      'Shows the runs, tasks and samples in flight of all `evalspan run` and `evalspan listen` of this user: what each ' +
        'sample does, tokens per second, retries, errors, cost. Redrawn each second on a terminal, until q or Ctrl-C; ' +
        'printed once elsewhere. Changes nothing.',
    )
    .option('--once', 'print one view, and end')
    .option('--json', 'print one JSON object, and end')
    .option('--interval <seconds>', 'how often it is redrawn', positiveNumber, 1)
    .option('--socket <path...>', 'look at these listeners (default: EVALSPAN_SOCKET, else all there are)')
    .option('--url <url>', 'look at a listener on TCP, with the token in EVALSPAN_TOKEN (default: EVALSPAN_URL)')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan run -- inspect eval task.py           in one terminal
  $ evalspan top                                   in another one
  $ evalspan top --json | jq '.samples[] | {id, activity}'
  $ EVALSPAN_TOKEN=… evalspan top --url http://127.0.0.1:4319`,
    )
    .action(async ({ socket, url, interval, once = false, json = false }: TopOptions) => {
      const { isNamed, find } = findAddresses({ sockets: socket, url }, process.env)
      const listeners = new Listeners(find, isNamed)
      if (once || json || !context.stdout.interactive) exit(await printOnce(context, listeners, json))
      else exit(await redraw(context, listeners, Math.min(interval, longestInterval) * 1000))
    })
}

async function printOnce(context: CliContext, listeners: Listeners, json: boolean): Promise<ExitCode> {
  const { stdout } = context
  await listeners.look()
  const { snapshot, problems } = listeners.seen()
  for (const problem of problems) tell(context, `warning: ${problem}`)
  if (json) stdout.write(`${JSON.stringify(snapshot ?? emptySnapshot(Date.now()), undefined, 2)}\n`)
  else if (snapshot || problems.length === 0) {
    const size = { columns: columnsOf(stdout), rows: Infinity, color: stdout.color }
    stdout.write(`${viewLines({ snapshot, problems: [] }, size).join('\n')}\n`)
  }
  return !snapshot && problems.length > 0 ? FAILED : 0
}

async function redraw({ stdout, interrupt }: CliContext, listeners: Listeners, intervalMs: number): Promise<ExitCode> {
  const quit = new AbortController()
  const end = AbortSignal.any([interrupt, quit.signal])
  const giveBack = process.stdin.isTTY ? onQuitKey(process.stdin, () => quit.abort()) : () => {}
  const view = (): string => viewLines(listeners.seen(), sizeOf(stdout)).join('\n')
  const progress = new Progress(stdout, redrawn(stdout, view))
  let failure: unknown
  const look = (): Promise<void> =>
    listeners.look().catch((error: unknown) => {
      failure = error
      quit.abort()
    })
  try {
    await Promise.race([look(), sleep(intervalMs, undefined, { signal: end }).catch(() => {})])
    progress.start()
    while (!end.aborted && !stdout.closed) {
      await sleep(intervalMs, undefined, { signal: end }).catch(() => {})
      // One that takes its time is asked again when it has answered; the others go on.
      void look()
    }
  } finally {
    giveBack()
    progress.close()
  }
  if (failure !== undefined) throw failure
  stdout.write(`${view()}\n`)
  // Ctrl-C is how one leaves.
  return interrupt.aborted && interrupt.reason !== 130 ? (interrupt.reason as ExitCode) : 0
}

/** The last line of a terminal stays empty. */
function sizeOf({ columns, rows = 24, color }: CliOutput): Parameters<typeof viewLines>[1] {
  return { columns, rows: Math.max(1, rows - 1), color }
}

const clearScreen = '\u001B[2J\u001B[H'

/** Lines that a terminal has wrapped anew, because it became narrower, cannot be found again: all is cleared. */
function redrawn(output: CliOutput, view: () => string): () => string {
  let { columns } = output
  return () => {
    if (output.columns !== columns) {
      columns = output.columns
      output.clear?.()
      output.write(clearScreen)
    }
    return view()
  }
}
