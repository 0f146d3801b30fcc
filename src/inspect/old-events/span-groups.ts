import { formatTimestamp, latest, parseTime, type HrTime } from '../../time.ts'
import type { Fields } from '../fields.ts'
import type { EventIds } from './event-ids.ts'

/**
 * Puts spans around all solvers and around all scorers, as Inspect does since 0.3.100 at the latest. What comes before them is the
 * making ready of the sample. Events that have these spans, or never came to a solver, are given back as they are.
 */
export function groupSpans(events: Fields[], ids: EventIds): Fields[] {
  if (events.some((event) => event['event'] === 'span_begin' && event['name'] === 'solvers')) return events
  const start = endOfInit(events)
  const end = indexOr(events.length, events, (event) => isOutermost(event) && event['name'] === 'scorers')
  const scoring = indexOr(end, events, (event, at) => at >= start && isOutermost(event) && event['type'] === 'scorer')
  const [solvers, scorers] = [events.slice(start, scoring), events.slice(scoring, end)]
  if (scorers.length === 0 && !solvers.some(isOutermost)) return events
  return [
    ...events.slice(0, start),
    ...grouped('solvers', solvers, events[start]!, ids),
    ...(scorers.length === 0 ? [] : grouped('scorers', scorers, events[scoring]!, ids)),
    // A newer Inspect scored the sample anew.
    ...events.slice(end),
  ]
}

function indexOr(
  otherwise: number,
  events: readonly Fields[],
  isWanted: (event: Fields, index: number) => boolean,
): number {
  const index = events.findIndex(isWanted)
  return index < 0 || index > otherwise ? otherwise : index
}

function isOutermost(event: Fields): boolean {
  return event['event'] === 'span_begin' && event['parent_id'] === undefined
}

/** The index of the first event behind `init`, or where there is none, behind `sample_init`. */
function endOfInit(events: readonly Fields[]): number {
  const init = events.find((event) => isOutermost(event) && event['name'] === 'init')
  return (
    1 +
    events.findIndex((event) =>
      init ? event['event'] === 'span_end' && event['id'] === init['id'] : event['event'] === 'sample_init',
    )
  )
}

/** The events in a new span, which ends with the last span in it; what comes behind that is in no span. */
function grouped(name: string, events: readonly Fields[], { timestamp }: Fields, ids: EventIds): Fields[] {
  const id = ids.of(name)
  const length = 1 + events.findLastIndex((event) => event['event'] === 'span_end')
  const within = events.slice(0, length)
  for (const event of within) {
    if (isOutermost(event)) event['parent_id'] = id
    else event['span_id'] ??= id
  }
  const end = within.reduce<HrTime | undefined>((last, event) => latest(last, parseTime(event['timestamp'])), undefined)
  return [
    { event: 'span_begin', timestamp, id, type: name, name, span_id: id, uuid: ids.next() },
    ...within,
    { event: 'span_end', timestamp: end ? formatTimestamp(end) : timestamp, id, span_id: id, uuid: ids.next() },
    ...events.slice(length),
  ]
}
