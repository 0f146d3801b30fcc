import { addSeconds, compareTimes, latest, parseTime, type HrTime } from '../time.ts'
import { isFields, type Fields } from './fields.ts'

/**
 * Puts the events of a sample that was scored again back, in place, into the order in which they were written. Inspect
 * leaves them span by span, the event of a tool behind its span; what ran side by side is mixed in no other log.
 */
export function restoreOrder(sample: Fields): void {
  const events = sample['events'] as Fields[]
  const completed = parseTime(sample['completed_at'])
  if (!completed || !isScoredAgain(events, completed)) return
  const places = behindBegins(events).map(placeOf)
  if (places.every(({ time }) => time !== undefined))
    sample['events'] = sorted(places, completed).map(({ event }) => event)
}

function isScoredAgain(events: readonly Fields[], completed: HrTime): boolean {
  return events.some(
    ({ event, timestamp }) => event === 'score' && compareTimes(parseTime(timestamp) ?? completed, completed) > 0,
  )
}

/** The event of a tool comes right behind the begin of the tool's span. */
function behindBegins(events: readonly Fields[]): Fields[] {
  const begins = new Map<unknown, number>()
  const tools = new Map<number, Fields>()
  const others = events.filter((event, index) => {
    const before = events[index - 1]
    if (event['event'] === 'span_begin' && event['type'] === 'tool') begins.set(event['id'], index)
    const begin = before?.['event'] === 'span_end' ? begins.get(before['id']) : undefined
    if (event['event'] !== 'tool' || begin === undefined || events[begin]!['name'] !== event['function']) return true
    tools.set(begin, event)
    return false
  })
  const byBegin = new Map([...tools].map(([index, tool]) => [events[index]!, tool]))
  return others.flatMap((event) => {
    const tool = byBegin.get(event)
    return tool ? [event, tool] : [event]
  })
}

interface Place {
  readonly event: Fields
  readonly span: unknown
  readonly time: HrTime | undefined
}

/** When an event was written, which a tool's is with the begin of its span, and in which span. */
function placeOf(event: Fields, index: number, events: readonly Fields[]): Place {
  const kind = event['event']
  const before = events[index - 1]
  if (kind === 'tool' && before?.['event'] === 'span_begin' && before['type'] === 'tool')
    return { event, span: before['id'], time: parseTime(before['timestamp']) }
  const time =
    kind === 'model' ? callBegin(event) : parseTime((kind === 'sandbox' && event['completed']) || event['timestamp'])
  return { event, span: kind === 'span_begin' ? event['parent_id'] : (event['span_id'] ?? event['id']), time }
}

/** The time of a call is when it was asked for first; it was written when, maybe after others, the model was called. */
function callBegin({ timestamp, completed, output }: Fields): HrTime | undefined {
  const end = parseTime(completed)
  const seconds = isFields(output) ? output['time'] : undefined
  if (!end || typeof seconds !== 'number' || !(seconds >= 0 && seconds < end[0])) return parseTime(timestamp)
  const whole = Math.ceil(seconds)
  return latest(parseTime(timestamp), addSeconds([end[0] - whole, end[1]], whole - seconds))
}

/** What one span has stays in its order, and so does what came after the run. */
function sorted(places: readonly Place[], completed: HrTime): Place[] {
  const list: Place[] = []
  for (const place of places) {
    let at = list.length
    while (at > 0 && mayPass(place, list[at - 1]!, completed)) at -= 1
    list.splice(at, 0, place)
  }
  return list
}

function mayPass(place: Place, before: Place, completed: HrTime): boolean {
  return (
    place.span !== before.span &&
    compareTimes(before.time!, place.time!) > 0 &&
    compareTimes(before.time!, completed) <= 0 &&
    before.event['id'] !== place.span
  )
}
