import type { DeliveryReport, DestinationReport } from '../exporter.ts'
import { plainText } from '../plain-text.ts'
import { tableLines } from './table.ts'

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * The last lines of every command that sends: for each destination `produced = delivered + waiting + rejected +
 * dropped`, why something was not delivered, and what was not sent because it was known.
 */
export function accountLines(report: DeliveryReport): string[] {
  if (report.destinations.length === 0) return ['Nothing was sent, because no destination is on.', switchOn]
  return [...destinationLines(report.destinations), ...knownLines(report)]
}

/** The same after a dry run of so many samples: what would have been sent where. */
export function dryRunLines(report: DeliveryReport, samples: number): string[] {
  const read = `Dry run: ${counted(samples, 'sample')} read, nothing sent`
  if (report.destinations.length === 0) return [`${read}. No destination is on.`, switchOn]
  const { fresh } = report
  const rows = report.destinations.map((each) => [
    [`  ${plainText(each.sink)}`],
    [addressOf(each)],
    [`${numbers.format(each.produced)} to send`],
  ])
  return [
    `${read}; that makes ${counted(fresh.span, 'span')} and ${counted(fresh.log, 'log record')}.`,
    ...tableLines(rows),
  ]
}

/** Samples that were in an earlier log already: of a retried task, or of a copy. */
export function passedOverLines(count: number): string[] {
  if (count === 0) return []
  return [`${counted(count, 'sample')} passed over: in an earlier one of these logs as well, and sent from there.`]
}

/** Something is not where it should be. */
export function isIncomplete({ destinations }: DeliveryReport): boolean {
  return destinations.some(({ waiting, rejected, dropped }) => waiting + rejected + dropped > 0)
}

const switchOn =
  'Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see `evalspan hooks` for all that can be set.'

function destinationLines(destinations: readonly DestinationReport[]): string[] {
  const digits = Math.max(...destinations.map(({ produced }) => numbers.format(produced).length))
  const rows = destinations.map((each) => [[plainText(each.sink)], [addressOf(each)], [equation(each, digits)]])
  return tableLines(rows).flatMap((line, index) => [line, ...reasonLines(destinations[index]!)])
}

function reasonLines({ reasons }: DestinationReport): string[] {
  return reasons.map(({ outcome, reason, count }) => `  ${numbers.format(count)} ${outcome}: ${plainText(reason)}`)
}

/** Sinks that do not say where they send are told apart by the hash in their destination. */
function addressOf({ sink, destination, address }: DestinationReport): string {
  return plainText(address ?? (destination.startsWith(`${sink}:`) ? destination.slice(sink.length + 1) : destination))
}

function equation({ produced, delivered, waiting, rejected, dropped }: DestinationReport, digits: number): string {
  const number = (value: number): string => numbers.format(value).padStart(digits)
  const sum = `${number(delivered)} delivered + ${numbers.format(waiting)} waiting`
  return `${number(produced)} produced = ${sum} + ${numbers.format(rejected)} rejected + ${numbers.format(dropped)} dropped`
}

function knownLines({ known, superseded, supersededNames }: DeliveryReport): string[] {
  const lines: string[] = []
  if (known > 0) lines.push(`${counted(known, 'item')} seen before, unchanged.`)
  if (superseded > 0) {
    const names = supersededNames.map((name) => plainText(name)).join(', ')
    const more = superseded > supersededNames.length ? ', …' : ''
    lines.push(`${counted(superseded, 'item')} seen before with other content, and not sent again: ${names}${more}`)
  }
  return lines
}

function counted(count: number, noun: string): string {
  return `${numbers.format(count)} ${noun}${count === 1 ? '' : 's'}`
}
