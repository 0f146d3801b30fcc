import type { Random } from '../../bench/random.ts'
import { parse, stringify } from '../../src/inspect/json.ts'
import { pick, type Mutation } from './mutation.ts'
import { partMutation } from './part-mutation.ts'
import { rawValue } from './raw-values.ts'

type Event = { [field: string]: unknown }

/** The events of a sample changed; also those of a chunk, which is a list of them. */
function eventMutation(what: string, edit: (events: Event[], random: Random) => string | undefined): Mutation {
  return partMutation(`events/${what}`, true, (text, random, { role }) => {
    if (role !== 'sample') return undefined
    const record = parse(text) as Event[] | { events?: Event[] }
    const events = Array.isArray(record) ? record : record.events
    if (!events || events.length === 0 || typeof events[0]?.['event'] !== 'string') return undefined
    const note = edit(events, random)
    return note === undefined ? undefined : { note, text: fillHoles(stringify(record)) }
  })
}

/** A number's text is put in as it is. */
function fillHoles(text: string): string {
  return text.replaceAll(/"@@HOLE:((?:[^"\\]|\\.)*)"/g, (_, raw: string) => JSON.parse(`"${raw}"`) as string)
}

const times: readonly unknown[] = [
  '9999-12-31T23:59:59.999999+00:00',
  '0001-01-01T00:00:00.000000+00:00',
  '1969-12-31T23:59:59.999999+00:00',
  '2026-02-30T00:00:00+00:00',
  '2026-11-21T24:00:00+00:00',
  '2026-11-21T09:11:19+99:99',
  '2026-11-21T09:11:19.99999999999999999999+00:00',
  '2026-11-21',
  'not a time',
  '',
  0,
  -1,
  1e9,
  1e15,
  1e300,
  -1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  true,
]

function ofKind(events: readonly Event[], ...kinds: readonly string[]): Event[] {
  return events.filter(({ event }) => kinds.includes(event as string))
}

/** Changes of a transcript: its order, what belongs to what, its times, its size. */
export const eventMutations: readonly Mutation[] = [
  eventMutation('field', (events, random) => {
    // Kinds of events that are rare are as likely as the others.
    const kind = pick(random, [...new Set(events.map(({ event }) => event))])
    const event = pick(random, ofKind(events, kind as string))
    const name = pick(random, Object.keys(event))
    const raw = rawValue(random)
    event[name] = `@@HOLE:${raw}`
    return `${String(kind)}.${name} is ${raw.slice(0, 40)}`
  }),
  eventMutation('kind', (events, random) => {
    const event = pick(random, events)
    const other = pick(random, [...new Set(events.map((each) => each['event'])), 'step', 'subtask', 'unknown', '', 7])
    const note = `${String(event['event'])} is ${String(other)}`
    event['event'] = other
    return note
  }),
  eventMutation('time', (events, random) => {
    const event = pick(random, events)
    const field = pick(random, ['timestamp', 'completed', 'working_start', 'working_time'])
    event[field] = pick(random, times)
    return `${String(event['event'])}.${field} is ${String(event[field])}`
  }),
  eventMutation('all-times', (events, random) => {
    const field = pick(random, ['timestamp', 'completed'])
    const time = pick(random, times)
    for (const event of events) event[field] = time
    return `${field} is ${String(time)}`
  }),
  eventMutation('order', (events, random) => {
    const rest = events.splice(0)
    if (random.below(3) === 0) events.push(...rest.toReversed())
    else while (rest.length > 0) events.push(rest.splice(random.below(rest.length), 1)[0]!)
    return 'shuffled'
  }),
  eventMutation('dropped', (events, random) => {
    const count = 1 + random.below(Math.min(5, events.length))
    for (let dropped = 0; dropped < count; dropped += 1) events.splice(random.below(events.length), 1)
    return `${count}`
  }),
  eventMutation('duplicate', (events, random) => {
    const event = pick(random, events)
    const other = random.below(2) === 0 ? event : { ...pick(random, events), uuid: event['uuid'] }
    events.splice(random.below(events.length + 1), 0, other)
    return `uuid of ${String(event['event'])}`
  }),
  eventMutation('cycle', (events, random) => {
    const spans = ofKind(events, 'span_begin')
    if (spans.length === 0) return undefined
    const [a, b] = [pick(random, spans), pick(random, spans)]
    a['parent_id'] = b['id']
    b['parent_id'] = a['id']
    return `${String(a['name'])} and ${String(b['name'])}`
  }),
  eventMutation('span-ids', (events, random) => {
    const spans = ofKind(events, 'span_begin', 'span_end')
    if (spans.length < 2) return undefined
    const [a, b] = [pick(random, spans), pick(random, spans)]
    a['id'] = b['id']
    return `${String(a['event'])} has the id of ${String(b['event'])}`
  }),
  eventMutation('unclosed', (events) => {
    const kept = events.filter(({ event }) => event !== 'span_end')
    if (kept.length === events.length) return undefined
    events.splice(0, events.length, ...kept)
    return 'no span ends'
  }),
  eventMutation('unopened', (events) => {
    const kept = events.filter(({ event }) => event !== 'span_begin')
    if (kept.length === events.length) return undefined
    events.splice(0, events.length, ...kept)
    return 'no span begins'
  }),
  eventMutation('pending', (events, random) => {
    const event = pick(random, events)
    event['pending'] = pick<unknown>(random, [true, false, 'x', 1])
    return String(event['event'])
  }),
  eventMutation('many', (events, random) => {
    const event = pick(random, ofKind(events, pick(random, events)['event'] as string))
    const room = Math.ceil(5e6 / JSON.stringify(event).length)
    const count = Math.min(room, pick(random, [100, 3000, 20_000]))
    const ids = random.below(2) === 0
    const at = random.below(events.length + 1)
    const copies = Array.from({ length: count }, (_, index) =>
      ids ? { ...event, uuid: `u${index}`, id: `i${index}` } : event,
    )
    events.splice(at, 0, ...copies)
    return `${count} × ${String(event['event'])}${ids ? '' : ', the same'}`
  }),
  eventMutation('many-failed', (events, random) => {
    const call = ofKind(events, 'model')[0]
    if (!call) return undefined
    const count = Math.min(Math.ceil(5e6 / JSON.stringify(call).length), pick(random, [100, 5000, 20_000]))
    const failed = Array.from({ length: count }, (_, index) => {
      const { completed: _completed, ...rest } = call
      return { ...rest, uuid: `u${index}`, error: 'RateLimit(429)' }
    })
    events.splice(events.indexOf(call), 0, ...failed)
    return `${count}`
  }),
  eventMutation('many-calls', (events, random) => {
    const call = ofKind(events, 'model')[0]
    if (!call) return undefined
    const count = Math.min(Math.ceil(5e6 / JSON.stringify(call).length), pick(random, [100, 3000, 10_000]))
    const { completed: _completed, ...open } = call
    const kinds = [call, { ...open, error: 'RateLimit(429)' }, open, { ...open, pending: true }]
    const chosen = kinds.filter(() => random.below(2) === 0)
    const calls = Array.from({ length: count }, (_, index) => ({
      ...(pick(random, chosen) ?? open),
      uuid: `u${index}`,
    }))
    events.splice(events.indexOf(call), 0, ...calls)
    return `${count} of ${chosen.length} kinds`
  }),
  eventMutation('deep-spans', (events, random) => {
    const count = pick(random, [100, 5000, 30_000])
    const timestamp = events[0]!['timestamp']
    const type = pick(random, ['solver', 'tool', 'agent', 'scorer'])
    const begins = Array.from({ length: count }, (_, index) => ({
      event: 'span_begin',
      id: `s${index}`,
      ...(index > 0 && { parent_id: `s${index - 1}` }),
      type,
      name: 'deep',
      timestamp,
      span_id: `s${index}`,
    }))
    const last = events.length
    events.splice(random.below(2) === 0 ? 0 : last, 0, ...(random.below(2) === 0 ? begins : begins.toReversed()))
    for (const event of ofKind(events, 'model', 'tool')) event['span_id'] = `s${count - 1}`
    return `${count} of ${type}`
  }),
  eventMutation('waiting', (events, random) => {
    const event = pick(random, ofKind(events, 'model', 'tool'))
    if (!event) return undefined
    const count = Math.min(Math.ceil(8e6 / JSON.stringify(event).length), pick(random, [100, 5000, 30_000]))
    const calls = Array.from({ length: count }, (_, index) => ({
      ...event,
      uuid: `u${index}`,
      completed: '2099-01-01T00:00:00.000000+00:00',
    }))
    events.splice(events.indexOf(event), 0, ...calls)
    return `${count} × ${String(event['event'])} until long after`
  }),
  eventMutation('parallel-tools', (events, random) => {
    const count = pick(random, [10, 500, 3000])
    const [first] = events
    const { timestamp } = first!
    const ids = Array.from({ length: count }, (_, index) => `t${index}`)
    const named = { name: 'f', function: 'f', timestamp, arguments: {}, type: 'tool' }
    const lists = [
      ids.map((id) => ({ event: 'span_begin', id, span_id: id, ...named })),
      ids.map((id) => ({ event: 'tool', id, uuid: id, ...named, type: 'function', completed: timestamp })),
      ids.map((id) => ({ event: 'span_end', id, span_id: id, timestamp })),
    ]
    while (lists.length > 0) events.push(...lists.splice(random.below(lists.length), 1)[0]!)
    return `${count}`
  }),
  eventMutation('references', (events, random) => {
    const call = ofKind(events, 'model')[0]
    if (!call) return undefined
    const range = pick<unknown>(random, [[0, 1e9], [0, 1], [-1, 1e9], [1, 0], [0.5, 1.5], ['a', {}], null, 'x', 0])
    const count = pick(random, [1, 1000, 300_000])
    const references = Array.from({ length: count }, () => range)
    const field = pick(random, ['input_refs', 'call'])
    if (field === 'call')
      call['call'] = { request: {}, call_refs: references, call_key: pick(random, ['x', '__proto__', 7]) }
    else Object.assign(call, { input: [], input_refs: references })
    return `${count} × ${JSON.stringify(range)} in ${field}`
  }),
  eventMutation('nested', (events, random) => {
    const depth = pick(random, [1, 10, 1000, 20_000])
    const kind = pick(random, ['tool', 'subtask'])
    const timestamp = String(events[0]!['timestamp'])
    const open = `{"event":"${kind}","timestamp":"${timestamp}","id":"t","function":"f","name":"f","events":[`
    events.push({ event: 'info', timestamp, data: 'the last' })
    events.splice(
      random.below(events.length),
      0,
      `@@HOLE:${open.repeat(depth)}${']}'.repeat(depth)}` as unknown as Event,
    )
    return `${depth} × ${kind}`
  }),
]
