import stringWidth from 'string-width'
import type { DeliveryReport, DestinationReport } from '../exporter.ts'
import { plainText } from '../plain-text.ts'

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * The last lines of every command that sends: for each destination `produced = delivered + waiting + rejected +
 * dropped`, why something was not delivered, and what was not sent because it was known.
 */
export function accountLines(report: DeliveryReport): string[] {
  if (report.destinations.length === 0) {
    return [`${freshText(report)}; nothing was sent, because no destination is on.`, switchOn]
  }
  return [...destinationLines(report.destinations, equation), ...knownLines(report)]
}

/** The same after a dry run: what would have been sent where. */
export function dryRunLines(report: DeliveryReport): string[] {
  if (report.destinations.length === 0) {
    return [`Dry run: ${freshText(report)}; there is nowhere to send it, because no destination is on.`, switchOn]
  }
  const places = report.destinations.map((each) => `${plainText(each.sink)} (${plainText(each.destination)})`)
  return [`Dry run: ${freshText(report)}; nothing was sent. It would go to:`, ...places.map((place) => `  ${place}`)]
}

/** Something is not where it should be. */
export function isIncomplete({ destinations }: DeliveryReport): boolean {
  return destinations.some(({ waiting, rejected, dropped }) => waiting + rejected + dropped > 0)
}

const switchOn =
  'Set OTEL_EXPORTER_OTLP_ENDPOINT, for example to http://localhost:4318, or see `evalspan hooks` for all that can be set.'

function destinationLines(
  destinations: readonly DestinationReport[],
  text: (destination: DestinationReport, digits: number) => string,
): string[] {
  const digits = Math.max(...destinations.map(({ produced }) => numbers.format(produced).length))
  const sinkColumns = widest(destinations.map(({ sink }) => plainText(sink)))
  const placeColumns = widest(destinations.map(({ destination }) => plainText(destination)))
  return destinations.flatMap((each) => [
    `${pad(plainText(each.sink), sinkColumns)}  ${pad(plainText(each.destination), placeColumns)}  ${text(each, digits)}`,
    ...each.reasons.map(({ reason, count }) => {
      const times = numbers.format(count).padStart(digits)
      return `${' '.repeat(sinkColumns)}  ${times} not delivered: ${plainText(reason)}`
    }),
  ])
}

function equation({ produced, delivered, waiting, rejected, dropped }: DestinationReport, digits: number): string {
  const number = (value: number): string => numbers.format(value).padStart(digits)
  const sum = `${number(delivered)} delivered + ${numbers.format(waiting)} waiting`
  return `${number(produced)} produced = ${sum} + ${numbers.format(rejected)} rejected + ${numbers.format(dropped)} dropped`
}

function knownLines({ known, superseded }: DeliveryReport): string[] {
  const lines: string[] = []
  if (known > 0) lines.push(`${counted(known, 'item')} seen before, unchanged.`)
  if (superseded > 0) lines.push(`${counted(superseded, 'item')} seen before with other content.`)
  return lines
}

function freshText({ fresh, known, superseded }: DeliveryReport): string {
  const seen = known + superseded > 0 ? `, ${counted(known + superseded, 'item')} seen before` : ''
  return `${counted(fresh.span, 'span')} and ${counted(fresh.log, 'log record')}${seen}`
}

function counted(count: number, noun: string): string {
  return `${numbers.format(count)} ${noun}${count === 1 ? '' : 's'}`
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => stringWidth(text)))
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)))
}
