import type { DestinationReport, Reason } from '../exporter.ts'
import { plainText } from '../plain-text.ts'
import { counted, formatNumber, moment } from './quantity.ts'
import { indented } from './wrap.ts'

const mostNames = 3

type Named = Pick<DestinationReport, 'sink' | 'destination' | 'address'>

/**
 * The account of a destination for people: its equation, why something was not delivered, and what stands beside it.
 * Equations are never broken, so that they can be searched for.
 */
export function destinationLines(report: DestinationReport, columns: number): string[] {
  return [
    titleOf(report),
    `  ${equation(report)}`,
    ...[waitingText(report), ...report.reasons.map(reasonText), besideText(report)].flatMap((text) =>
      text === undefined ? [] : indented(text, columns),
    ),
  ]
}

export function titleOf(report: Named): string {
  return `${plainText(report.sink)}  ${placeOf(report)}`
}

/** Sinks that do not say where they send are told apart by the hash in their destination. */
export function placeOf({ sink, destination, address }: Named): string {
  return plainText(address ?? (destination.startsWith(`${sink}:`) ? destination.slice(sink.length + 1) : destination))
}

export function equation({ produced, delivered, waiting, rejected, dropped }: DestinationReport): string {
  const [all, ...parts] = [produced, delivered, waiting, rejected, dropped].map((value) => formatNumber(value))
  return `${all} produced = ${parts[0]} delivered + ${parts[1]} waiting + ${parts[2]} rejected + ${parts[3]} dropped`
}

/** Something failed, and nothing was delivered since. */
export function isFailing({ lastError, lastDelivered }: DestinationReport): boolean {
  return lastError !== undefined && (lastDelivered === undefined || lastDelivered < lastError.time)
}

/** Since when something waits, and why. */
export function waitingText(report: DestinationReport): string | undefined {
  const { waiting, oldest, lastError } = report
  if (waiting === 0) return undefined
  const since = oldest === undefined ? '' : ` since ${moment(oldest)}`
  return `${formatNumber(waiting)} waiting${since}${isFailing(report) ? `: ${lastError!.reason}` : ''}`
}

function reasonText({ outcome, reason, count, names }: Reason): string {
  const some = names.slice(0, mostNames)
  const more = some.length > 0 && count > some.length ? ', …' : ''
  return `${formatNumber(count)} ${outcome}: ${reason}${some.length > 0 ? `; ${some.join(', ')}` : ''}${more}`
}

function besideText({ drafts, superseded }: DestinationReport): string | undefined {
  const parts = [
    ...(drafts > 0 ? [`${counted(drafts, 'draft')} (begun, not ended)`] : []),
    ...(superseded > 0 ? [`${formatNumber(superseded)} superseded (came again with other content)`] : []),
  ]
  return parts.length > 0 ? `beside that: ${parts.join(', ')}` : undefined
}
