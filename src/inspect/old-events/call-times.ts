import { addSeconds, compareTimes, earliest, formatTimestamp, latest, parseTime, type HrTime } from '../../time.ts'
import { isFields, type Fields } from '../fields.ts'
import { eventsWithin, isCall } from './nested-events.ts'

/**
 * Up to Inspect 0.3.47 a call was recorded when it was over, and has the time of its end only. It began no earlier than
 * the event before it, or, if it ran beside that one, than the last event before anything happened within it.
 */
export function turnEndsIntoBegins(events: readonly Fields[], from?: HrTime): void {
  const ends: HrTime[] = []
  for (const event of events) {
    const end = parseTime(event['timestamp'])
    if (!end) continue
    if (isCall(event) && event['completed'] === undefined) {
      const within = eventsWithin(event)
      const first = parseTime(within[0]?.['timestamp']) ?? end
      const start = ends.findLast((time) => compareTimes(time, first) <= 0) ?? from ?? first
      event['completed'] = formatTimestamp(end)
      event['timestamp'] = formatTimestamp(earliest(end, after(start)))
      turnEndsIntoBegins(within, start)
    }
    ends.push(end)
  }
}

/**
 * From Inspect 0.3.48 to 0.3.70 a call has the time of its begin only. A model's answer may tell how long it took; the
 * others were over when the next thing happened, or, if they ran beside it, with the last thing within them.
 */
export function addCallEnds(events: readonly Fields[], until?: HrTime): HrTime | undefined {
  let last: HrTime | undefined
  for (const [index, event] of events.entries()) {
    const start = parseTime(event['timestamp'])
    if (!start) continue
    const next = parseTime(events[index + 1]?.['timestamp']) ?? until
    const within = addCallEnds(eventsWithin(event), next)
    const end = isFinished(event) ? latest(start, modelEnd(event, start) ?? latest(within, before(next))) : start
    if (isFinished(event)) event['completed'] = formatTimestamp(end)
    last = latest(end, last)
  }
  return last
}

/** A microsecond apart, so that it is clear what came first. */
function after(time: HrTime): HrTime {
  return addSeconds(time, 1e-6)
}

function before(time: HrTime | undefined): HrTime | undefined {
  return time && addSeconds([time[0] - 1, time[1]], 1 - 1e-6)
}

/** What is pending was cut off; an attempt that failed has no end today either. */
function isFinished(event: Fields): boolean {
  const failed = event['event'] === 'model' && event['error'] !== undefined
  return isCall(event) && event['completed'] === undefined && event['pending'] !== true && !failed
}

function modelEnd(event: Fields, start: HrTime): HrTime | undefined {
  if (event['event'] !== 'model') return undefined
  if (event['cache'] === 'read') return start
  const seconds = isFields(event['output']) ? event['output']['time'] : undefined
  return typeof seconds === 'number' ? addSeconds(start, seconds) : undefined
}
