import type { DeliveryReport, DestinationReport } from '../delivery/index.ts'

/** What of a session's items is left in the outbox, why, and how to send it: a line for each destination that is concerned. */
export function leftLines({ place, destinations }: DeliveryReport): string[] {
  if (place === undefined) return []
  return destinations.flatMap((each) => [...waitingLine(each, place), ...rejectedLine(each)])
}

function waitingLine({ sink, address, waiting, isMetrics, lastError }: DestinationReport, place: string): string[] {
  if (waiting === 0) return []
  const where = address === undefined ? sink : `${sink} (${address})`
  const cause = lastError === undefined ? '' : `: ${lastError.reason}`
  if (isMetrics) return [`the metrics wait for ${where} in ${place}${cause}; \`evalspan flush\` pushes them`]
  const what = waiting === 1 ? '1 item waits' : `${waiting} items wait`
  return [`${what} for ${where} in ${place}${cause}; \`evalspan flush\` sends ${waiting === 1 ? 'it' : 'them'}`]
}

function rejectedLine({ sink, address, rejected, reasons }: DestinationReport): string[] {
  if (rejected === 0) return []
  const where = address === undefined ? sink : `${sink} (${address})`
  // Those without a name were refused by number alone, and cannot be sent once more.
  const isKept = reasons.some(({ outcome, names }) => outcome === 'rejected' && names.length > 0)
  const what = rejected === 1 ? '1 item' : `${rejected} items`
  return [
    `${where} refused ${what}; \`evalspan status\` says why${isKept ? ', `evalspan retry` sends them again' : ''}`,
  ]
}
