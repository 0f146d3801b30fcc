import { createLogUpdate } from 'log-update'
import type { Output } from '../../src/exporter.ts'
import type { Plan } from './plan.ts'
import type { Samples } from './samples.ts'
import { addUsage } from './sample.ts'
import { outcomeText } from './summary.ts'
import type { Tally } from './tally.ts'
import { costText, counted, createPaint, formatCount, formatDuration, type Paint } from './text.ts'

/** A few times a second: more is for nobody's eyes. */
const redrawEveryMs = 250
const lineEveryMs = 5000

/** Tells how far things are: lines that are redrawn on a terminal, now and then a line elsewhere. */
export class Progress {
  readonly #output: Output
  readonly #text: () => string
  readonly #redraw: ReturnType<typeof createLogUpdate> | undefined
  #timer: NodeJS.Timeout | undefined
  #last = ''

  constructor(output: Output, text: () => string) {
    this.#output = output
    this.#text = text
    // To hide the cursor it would have to listen to signals, for ever, and the program and its next run would hear of none.
    this.#redraw = output.interactive ? createLogUpdate(streamOf(output), { showCursor: true }) : undefined
  }

  /** There is something to tell. */
  start(): void {
    if (this.#timer) return
    this.#timer = setInterval(() => this.#tell(), this.#redraw ? redrawEveryMs : lineEveryMs)
    this.#timer.unref()
    if (this.#redraw) this.#output.clear = () => this.#redraw?.clear()
  }

  /** Leaves nothing of the redrawn lines. */
  close(): void {
    clearInterval(this.#timer)
    if (!this.#redraw) return
    this.#redraw.clear()
    this.#redraw.done()
    this.#output.clear = undefined
  }

  #tell(): void {
    const text = this.#text()
    if (this.#redraw) return this.#redraw(text)
    if (text !== this.#last) this.#output.write(`${text}\n`)
    this.#last = text
  }
}

/** One line for a log, or two for a terminal: `0:12  5 samples: 4 success · 1 error`. */
export function progressText(
  { samples, tally, plan }: { samples: Samples; tally: Tally; plan: Plan },
  elapsedMs: number,
  output: Output,
): string {
  const usage = addUsage(tally.usage, samples.usage())
  const paint = createPaint(output.color)
  const outcomes = outcomeText(tally.outcomes, paint)
  const { tasks, tasksDone } = plan
  const isPlanned = plan.samples > 0
  const bar = isPlanned && output.interactive ? `${barText(tally.samples / plan.samples, paint)} ` : ''
  const total = isPlanned ? ` of ${formatCount(plan.samples)}` : ''
  const done = `${counted(tally.samples, 'sample')}${total} done${outcomes && `: ${outcomes}`}`
  const ofTasks = tasks > 1 ? `, ${formatCount(tasksDone)} of ${formatCount(tasks)} tasks` : ''
  const counts = `${bar}${done}${ofTasks}`
  const running = samples.inProgress > 0 ? `, ${formatCount(samples.inProgress)} in progress` : ''
  const tokens = `${formatCount(usage.inputTokens)} tokens in, ${formatCount(usage.outputTokens)} out${costText(usage.cost)}`
  const errors = usage.failedSteps > 0 ? ` · ${counted(usage.failedSteps, 'failed span')}` : ''
  const retries =
    usage.retries > 0 ? ` · ${counted(usage.retries, 'retry', 'retries')} (${formatDuration(usage.waited)})` : ''
  const clock = clockText(elapsedMs)
  const separator = output.interactive ? `\n${' '.repeat(clock.length + 2)}` : ' · '
  return `${paint('dim', clock)}  ${counts}${running}${separator}${tokens}${errors}${retries}`
}

const barCells = 20

function barText(share: number, paint: Paint): string {
  const full = Math.round(Math.min(1, share) * barCells)
  return `${paint('cyan', '█'.repeat(full))}${paint('dim', '░'.repeat(barCells - full))}`
}

function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What log-update needs of a stream. */
function streamOf(output: Output): NodeJS.WriteStream {
  const stream = {
    isTTY: true,
    write: (text: string) => output.write(text),
    get columns() {
      return output.columns
    },
    get rows() {
      return output.rows
    },
  }
  return stream as unknown as NodeJS.WriteStream
}
