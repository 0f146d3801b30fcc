import { Progress } from '../../exporters/console/progress.ts'
import { plainText } from '../plain-text.ts'
import type { DestinationReport } from '../delivery/index.ts'
import type { OpenDelivery } from '../session/open-delivery.ts'
import type { CliOutput } from './context.ts'
import { isFailing } from './destination-lines.ts'
import { formatNumber } from './quantity.ts'
import { tableLines } from './table.ts'

const askEveryMs = 250

/** Shows on a terminal how far a flush is, by destination; elsewhere nothing. */
export function showProgress(output: CliOutput, { delivery, sinks }: OpenDelivery): { close(): void } {
  if (!output.interactive || sinks.length === 0) return { close() {} }
  const on = new Set(sinks.map((sink) => sink.destination()))
  let first: readonly DestinationReport[] | undefined
  let text = ''
  const ask = async (): Promise<void> => {
    const reports = (await delivery.store.report('all')).filter(({ destination }) => on.has(destination))
    first ??= reports
    text = progressText(first, reports)
    if (text !== '') progress.start()
  }
  const progress = new Progress(output, () => text)
  // Once the flush is over the store does not answer any more.
  const timer = setInterval(() => void ask().catch(() => {}), askEveryMs)
  timer.unref()
  void ask().catch(() => {})
  return {
    close() {
      clearInterval(timer)
      progress.close()
    },
  }
}

/** `otlp/traces  1,200 of 3,000 sent`, for each destination with something to send. */
function progressText(first: readonly DestinationReport[], reports: readonly DestinationReport[]): string {
  const rows = reports.flatMap((report) => {
    const before = first.find(({ destination }) => destination === report.destination)
    const sent = report.delivered - (before?.delivered ?? 0)
    const ended = sent + report.rejected + report.dropped - (before ? before.rejected + before.dropped : 0)
    const total = ended + report.waiting
    if (total <= 0) return []
    const trouble = isFailing(report) && report.waiting > 0 ? [plainText(report.lastError!.reason)] : []
    return [[[plainText(report.sink)], [`${formatNumber(sent)} of ${formatNumber(total)} sent`], trouble]]
  })
  return tableLines(rows).join('\n')
}
