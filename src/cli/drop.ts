import { Command } from 'commander'
import type { DestinationReport, Store } from '../delivery/index.ts'
import type { CliContext, Exit } from './context.ts'
import { titleOf } from './destination-lines.ts'
import { inOutbox, lookIntoOutbox, noOutboxLines, pickDestinations } from './outbox-file.ts'
import { counted } from './quantity.ts'
import { columnsOf, indented } from './wrap.ts'

const byHand = 'given up by hand'

/** `evalspan drop`: items that nobody wants to send any more. */
export function dropCommand(context: CliContext, exit: Exit): Command {
  return new Command('drop')
    .summary('Give up what was refused, or what waits.')
    .description(
      'Gives up items that a backend refused for good, and with --waiting also those that wait: for a backend that is gone. ' +
        'They count as dropped from then on.',
    )
    .argument(
      '[sink...]',
      'sinks such as otlp/traces, or destinations as `evalspan status --json` has them; all without',
    )
    .option('--waiting', 'give up what waits as well')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan drop                                  what was refused, everywhere
  $ evalspan drop otlp/traces --waiting            all that is left for a backend that is gone`,
    )
    .action(async (names: string[], { waiting = false }: { readonly waiting?: boolean }) => {
      await drop(context, names, waiting)
      exit(0)
    })
}

async function drop(context: CliContext, names: readonly string[], withWaiting: boolean): Promise<void> {
  const { stdout } = context
  const outbox = await lookIntoOutbox((reader) => {
    const picked = pickDestinations(names, reader.overview().destinations)
    return picked.map((report) => ({
      report,
      parked: reader.namesOf(report.destination, 'parked'),
      waiting: reader.namesOf(report.destination, 'pending'),
    }))
  })
  if (!outbox) return stdout.write(`${(await noOutboxLines()).join('\n')}\n`)

  const texts = await inOutbox(outbox.path, context, async (store) => {
    const each = outbox.found.map(async ({ report, parked, waiting }) => [
      ...(report.isMetrics
        ? []
        : droppedText(report, 'rejected', await store.dropParked(report.destination, byHand), parked)),
      ...(withWaiting ? await dropWaiting(store, report, waiting) : []),
    ])
    return (await Promise.all(each)).flat()
  })
  const lines = texts.length > 0 ? texts : [`Nothing was ${withWaiting ? 'refused, and nothing waits' : 'refused'}.`]
  stdout.write(`${lines.flatMap((text) => indented(text, columnsOf(stdout), 0)).join('\n')}\n`)
}

async function dropWaiting(store: Store, report: DestinationReport, names: readonly string[]): Promise<string[]> {
  const count = await store.dropWaiting(report.destination, byHand)
  const left = report.waiting - count
  return [
    ...droppedText(report, 'waiting', count, names),
    ...(left > 0 ? [`${titleOf(report)}: ${counted(left, 'item')} left, which another process is sending`] : []),
  ]
}

function droppedText(
  report: DestinationReport,
  what: 'rejected' | 'waiting',
  count: number,
  names: readonly string[],
): string[] {
  if (count === 0) return []
  const noun = report.isMetrics ? 'data point' : 'item'
  const more = count > names.length && names.length > 0 ? ', …' : ''
  const list = names.length > 0 ? `: ${names.join(', ')}${more}` : ''
  return [`${titleOf(report)}: gave up ${counted(count, `${what} ${noun}`)}${list}`]
}
