import type { Committed, Exporter, Item, Observer, Output } from '../../src/exporter.ts'
import { Plan, planHooks } from './plan.ts'
import { Progress, progressText } from './progress.ts'
import { endedTask, type Sample } from './sample.ts'
import { Samples } from './samples.ts'
import { summary } from './summary.ts'
import { Tally } from './tally.ts'
import { createPaint } from './text.ts'

/** Shows people what is committed: progress, then a summary and where the time of the slowest sample went. */
const exporter: Exporter = {
  name: 'console',
  summary: 'Progress and a summary on the terminal',
  switchedOnBy: [],
  enabled: () => false,
  open({ output, links, replay = false }) {
    const plan = new Plan()
    return { observer: consoleObserver(output, { links, plan, isQuiet: !replay }), hooks: planHooks(plan) }
  },
}

export default exporter

export interface ConsoleOptions {
  /** Pages about a trace. */
  readonly links?: ((trace: string) => Promise<readonly string[]>) | undefined
  readonly now?: (() => number) | undefined
  readonly plan?: Plan | undefined
  /** Nothing is told of how far things are where it cannot be redrawn. */
  readonly isQuiet?: boolean | undefined
}

/** Shows what was seen before as well: somebody who replays a log twice wants to see it twice. */
export function consoleObserver(
  output: Output,
  {
    links = () => Promise.resolve([]),
    now = () => performance.now(),
    plan = new Plan(),
    isQuiet = false,
  }: ConsoleOptions = {},
): Observer {
  const samples = new Samples()
  const tally = new Tally()
  const named = <T extends Pick<Sample, 'model' | 'evalId'>>(each: T): T => ({
    ...each,
    model: plan.modelOf(each.evalId) ?? each.model,
  })
  const begin = now()
  const progress = new Progress(output, () => progressText({ samples, tally, plan }, now() - begin, output))
  return {
    committed(committed: Committed) {
      const spans = [...committed.fresh, ...committed.known, ...committed.superseded].filter(isSpan)
      if (spans.length > 0 && (output.interactive || !isQuiet)) progress.start()
      for (const span of spans) {
        const sample = samples.add(span)
        if (sample) tally.add(named(sample))
        const task = endedTask(span.body)
        if (task) tally.end(named(task))
      }
    },
    async close() {
      progress.close()
      const lines = summary(tally, await linksOf(tally, links), columnsOf(output), createPaint(output.color))
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`)
    },
  }
}

/** By trace, for the samples whose links are shown. */
async function linksOf(
  { slowest, failed }: Tally,
  links: (trace: string) => Promise<readonly string[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const traces = new Set([slowest, ...failed].flatMap((sample) => sample?.trace ?? []))
  return new Map(await Promise.all([...traces].map(async (trace) => [trace, await links(trace)] as const)))
}

function isSpan(item: Item): item is Item<'span'> {
  return item.kind === 'span'
}

/** Wide enough for bars, not so wide that the eye loses the line. */
function columnsOf(output: Output): number {
  return Math.min(Math.max(output.columns || 80, 60), 140)
}
