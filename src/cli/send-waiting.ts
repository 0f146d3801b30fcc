import type { DestinationReport, Overview } from '../delivery/index.ts'
import { loadExporters } from '../load-exporters.ts'
import { openDelivery, type OpenDelivery } from '../session/open-delivery.ts'
import { FAILED, type CliContext, type ExitCode } from './context.ts'
import { destinationLines, placeOf } from './destination-lines.ts'
import { showProgress } from './flush-progress.ts'
import { lookOver, lostDraftsText, noOutboxLines, otherOutboxTexts, sumOfWaiting } from './outbox-file.ts'
import { counted } from './quantity.ts'
import { sealDrafts } from './seal-drafts.ts'
import { tell } from './tell.ts'
import { columnsOf, indented } from './wrap.ts'

export interface SendWaitingOptions {
  /** Spans of processes that are gone are closed as incomplete, and sent. */
  readonly seal?: boolean | undefined
}

/** Sends what waits in the outbox to all that is on, and ends with the account of the whole outbox. */
export async function sendWaiting(context: CliContext, { seal = false }: SendWaitingOptions = {}): Promise<ExitCode> {
  const { stdout, interrupt } = context
  const before = await lookOver()
  if (!before) {
    stdout.write(`${(await noOutboxLines()).join('\n')}\n`)
    return 0
  }
  const report = (line: string): void => tell(context, line)
  // No event happens here, so that whoever writes events need not even be able to.
  const delivery = await openDelivery({ patient: true, replay: true, output: stdout, report })
  const progress = showProgress(stdout, delivery)
  try {
    if (seal) await sealDrafts(context, delivery)
  } finally {
    await delivery.close(interrupt)
    progress.close()
  }
  const after = await lookOver()
  if (!after) return FAILED

  const columns = columnsOf(stdout)
  const off = after.found.destinations.filter(({ waiting, destination }) => waiting > 0 && !isOn(destination, delivery))
  const texts = [
    ...(await Promise.all(off.map((each) => offText(each, after.found, delivery)))),
    ...(after.found.lostDrafts > 0 ? [lostDraftsText(after.found.lostDrafts)] : []),
    ...(await otherOutboxTexts()),
    summaryText(before.found, after.found),
  ]
  const lines = [
    ...after.found.destinations.flatMap((each) => destinationLines(each, columns)),
    ...texts.flatMap((text) => indented(text, columns, 0)),
  ]
  stdout.write(`${lines.join('\n')}\n`)
  if (interrupt.aborted) return interrupt.reason as ExitCode
  const isLeft = sumOfWaiting(after.found.destinations) > 0 || lossOf(after.found) > lossOf(before.found)
  return isLeft ? FAILED : 0
}

function isOn(destination: string, { sinks, metricSinks }: OpenDelivery): boolean {
  return [...sinks, ...metricSinks].some((sink) => sink.enabled() && sink.destination() === destination)
}

/** What to set, so that it can be sent. */
async function offText(report: DestinationReport, { destinations }: Overview, open: OpenDelivery): Promise<string> {
  const { sink, destination, waiting } = report
  const [exporter] = (await loadExporters()).filter(({ name }) => sink === name || sink.startsWith(`${name}/`))
  const elsewhere = [...open.sinks, ...open.metricSinks].find((each) => each.name === sink && each.enabled())
  const where = elsewhere?.address === undefined ? '' : ` (${sink} goes to ${elsewhere.address})`
  const variables = exporter?.switchedOnBy ?? []
  const more = variables.length > 1 ? ' (`evalspan hooks` shows what else can be set)' : ''
  const advice = variables.length > 0 ? `set ${variables[0]}${more}` : 'no exporter here sends there'
  const isAmong = destinations.some((other) => other.sink === sink && other.destination !== destination)
  const giveUp = `give up with \`evalspan drop ${isAmong ? destination : sink} --waiting\``
  return `${sink} ${placeOf(report)}: ${waiting} waiting; it is not on${where}: ${advice}, or ${giveUp}`
}

function summaryText({ destinations: before }: Overview, { destinations: after }: Overview): string {
  const more = (outcome: 'delivered' | 'rejected' | 'dropped'): number =>
    sumOfItems(after, outcome) - sumOfItems(before, outcome)
  const waiting = sumOfItems(after, 'waiting')
  const areMetricsLeft = after.some((report) => report.isMetrics && report.waiting > 0)
  const parts = [
    ...(more('delivered') > 0 ? [`${counted(more('delivered'), 'item')} sent`] : []),
    ...(more('rejected') > 0 ? [`${counted(more('rejected'), 'item')} refused`] : []),
    ...(more('dropped') > 0 ? [`${counted(more('dropped'), 'item')} dropped`] : []),
    ...(waiting > 0 ? [`${counted(waiting, 'item')} left`] : []),
    ...(areMetricsLeft ? ['metrics left'] : []),
  ]
  if (parts.length === 0) return 'Nothing waits.'
  if (parts.length === 1 && areMetricsLeft) return 'The metrics are left.'
  return `${parts.join(', ')}${waiting > 0 || areMetricsLeft ? '' : ', nothing left'}.`
}

/** Metrics are none: they have no past, each push holds all there is. */
function sumOfItems(
  reports: readonly DestinationReport[],
  outcome: 'delivered' | 'waiting' | 'rejected' | 'dropped',
): number {
  return reports.reduce((sum, report) => sum + (report.isMetrics ? 0 : report[outcome]), 0)
}

function lossOf({ destinations }: Overview): number {
  return destinations.reduce((sum, { rejected, dropped }) => sum + rejected + dropped, 0)
}
