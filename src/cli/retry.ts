import { Command } from 'commander'
import type { CliContext, Exit, ExitCode } from './context.ts'
import { titleOf } from './destination-lines.ts'
import { inOutbox, lookOver, noOutboxLines, pickDestinations } from './outbox-file.ts'
import { counted, formatNumber } from './quantity.ts'
import { sendWaiting } from './send-waiting.ts'

/** `evalspan retry`: refused items wait again. */
export function retryCommand(context: CliContext, exit: Exit): Command {
  return new Command('retry')
    .summary('Send once more what was refused.')
    .description(
      'Items that a backend refused for good are kept with its answer. Has them wait again, and sends what waits as ' +
        '`evalspan flush` does.',
    )
    .argument(
      '[sink...]',
      'sinks such as otlp/traces, or destinations as `evalspan status --json` has them; all without',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan retry                                 after the backend was mended
  $ evalspan retry otlp/traces`,
    )
    .action(async (names: string[]) => {
      exit(await retry(context, names))
    })
}

async function retry(context: CliContext, names: readonly string[]): Promise<ExitCode> {
  const { stdout } = context
  const outbox = await lookOver()
  if (!outbox) {
    stdout.write(`${(await noOutboxLines()).join('\n')}\n`)
    return 0
  }
  const picked = pickDestinations(names, outbox.found.destinations).filter(({ isMetrics }) => !isMetrics)
  const moved = await inOutbox(outbox.path, context, async (store) => {
    return await Promise.all(picked.map(async (each) => ({ each, count: await store.retry(each.destination) })))
  })
  const lines = moved.flatMap(({ each, count }) => [
    ...(count > 0 ? [`${titleOf(each)}: ${counted(count, 'item')} wait${count === 1 ? 's' : ''} again`] : []),
    // A server that only gave their number did not say which ones they were.
    ...(each.rejected > count
      ? [`${titleOf(each)}: ${formatNumber(each.rejected - count)} rejected were not kept`]
      : []),
  ])
  const isNothing = moved.every(({ count }) => count === 0)
  stdout.write(`${[...lines, ...(isNothing ? ['Nothing was refused that could be sent again.'] : [])].join('\n')}\n`)
  return isNothing ? 0 : await sendWaiting(context)
}
