import type { DestinationReport, Reason } from '../report.ts'

/** The accounts of the same destinations in two places. */
export function addUp(one: readonly DestinationReport[], other: readonly DestinationReport[]): DestinationReport[] {
  return one.map((report) => {
    const more = other.find(({ destination }) => destination === report.destination)
    if (!more) return report
    return {
      ...report,
      produced: report.produced + more.produced,
      delivered: report.delivered + more.delivered,
      waiting: report.waiting + more.waiting,
      rejected: report.rejected + more.rejected,
      dropped: report.dropped + more.dropped,
      drafts: report.drafts + more.drafts,
      superseded: report.superseded + more.superseded,
      reasons: [...report.reasons, ...more.reasons] satisfies Reason[],
    }
  })
}
