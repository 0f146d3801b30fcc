import { Command } from 'commander'
import type { DestinationReport, Overview } from '../delivery/index.ts'
import type { CliContext, Exit } from './context.ts'
import { destinationLines, isFailing } from './destination-lines.ts'
import { lookOver, lostDraftsText, noOutboxLines, otherOutboxTexts } from './outbox-file.ts'
import { formatBytes, moment } from './quantity.ts'
import { columnsOf, indented } from './wrap.ts'

/** `evalspan status`: what became of everything, and what waits. */
export function statusCommand(context: CliContext, exit: Exit): Command {
  return new Command('status')
    .summary('Show what was delivered and what waits, by destination.')
    .description(
      'Shows what is in the outbox, by destination: what was delivered, what waits and since when, what was refused or ' +
        'given up and why. Changes and sends nothing. Exit code 0, whatever waits.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ evalspan status
  $ evalspan status --json | jq '.destinations[] | {sink, waiting, oldest}'`,
    )
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const outbox = await lookOver()
      const { stdout } = context
      if (json) stdout.write(`${JSON.stringify(toJson(outbox), undefined, 2)}\n`)
      else if (!outbox) stdout.write(`${(await noOutboxLines()).join('\n')}\n`)
      else {
        const lines = [...statusLines(outbox.folder, outbox.found, columnsOf(stdout)), ...(await otherOutboxTexts())]
        stdout.write(`${lines.join('\n')}\n`)
      }
      exit(0)
    })
}

function toJson(outbox: Awaited<ReturnType<typeof lookOver>>): object {
  if (!outbox) return { outbox: null, drafts: 0, lostDrafts: 0, superseded: { count: 0, names: [] }, destinations: [] }
  const { folder, found } = outbox
  const { bytes, schema, instanceId, since, ...rest } = found
  return { outbox: { folder, bytes, schema, instanceId, since }, ...rest }
}

function statusLines(folder: string, overview: Overview, columns: number): string[] {
  const { bytes, instanceId, since, destinations } = overview
  return [
    `Outbox  ${folder}`,
    `  ${formatBytes(bytes)}, begun ${moment(since)}, instance ${instanceId}`,
    ...overviewTexts(overview).flatMap((text) => indented(text, columns)),
    ...destinations.flatMap((each) => ['', ...destinationLines(each, columns), ...historyLines(each, columns)]),
    ...(destinations.length === 0 ? ['', 'Nothing was ever handed over to be delivered.'] : []),
  ]
}

function overviewTexts({ lostDrafts, superseded: { count, names } }: Overview): string[] {
  const texts: string[] = []
  if (lostDrafts > 0) texts.push(lostDraftsText(lostDrafts))
  if (count > 0) texts.push(`superseded: ${names.join(', ')}${count > names.length ? ', …' : ''}`)
  return texts
}

function historyLines(report: DestinationReport, columns: number): string[] {
  const { lastDelivered, lastError, waiting } = report
  const isSaid = waiting > 0 && isFailing(report)
  return [
    ...(lastDelivered === undefined ? [] : [`  last delivered ${moment(lastDelivered)}`]),
    ...(lastError === undefined
      ? []
      : indented(`last error ${moment(lastError.time)}${isSaid ? '' : `: ${lastError.reason}`}`, columns)),
  ]
}
