import { migrateSample } from '../../../src/inspect/migrate.ts'
import { rebuildEvents } from '../../../src/inspect/old-events/rebuild-events.ts'
import type { EvalSpec } from '../../../src/inspect/records.ts'
import { header, sample } from '../log-text.ts'

export type Event = { readonly [name: string]: unknown }

/** Seconds after noon. */
export function at(seconds: number): string {
  return `2025-01-01T12:00:${seconds.toFixed(6).padStart(9, '0')}+00:00`
}

export function event(kind: string, seconds: number, fields: object = {}): Event {
  return { event: kind, timestamp: at(seconds), ...fields }
}

export function step(action: 'begin' | 'end', name: string, seconds: number, type?: string): Event {
  return event('step', seconds, { action, name, type })
}

export function model(seconds: number, fields: object = {}): Event {
  return event('model', seconds, { model: 'm', ...fields })
}

export function tool(seconds: number, name: string, events: readonly Event[] = [], fields: object = {}): Event {
  return event('tool', seconds, { id: `call-${name}`, function: name, events, ...fields })
}

export interface Options {
  readonly release?: string | undefined
  readonly evalId?: string
  readonly stats?: string
  readonly changes?: object
}

export function migrated(
  events: readonly Event[],
  { release = '0.3.90', evalId = 'eval', stats = at(59), changes = {} }: Options = {},
): { [name: string]: unknown } {
  const record = migrateSample(
    sample('a', 0, { uuid: undefined, events: structuredClone(events), ...changes }),
    undefined,
  )
  const spec = header()['eval'] as EvalSpec
  const packages = release === undefined ? {} : { inspect_ai: release }
  rebuildEvents(record, { eval: { ...spec, eval_id: evalId, packages }, stats: { completed_at: stats } })
  return record
}

export function eventsOf(events: readonly Event[], options?: Options): Event[] {
  return migrated(events, options)['events'] as Event[]
}

/** One line for each event: indented by the spans around it, with seconds. */
export function outline(events: readonly Event[], options?: Options): string[] {
  const depths = new Map<unknown, number>([[undefined, 0]])
  return eventsOf(events, options).map((each) => {
    const around = each['event'] === 'span_begin' ? each['parent_id'] : each['span_id']
    const depth = depths.get(around)! - Number(each['event'] === 'span_end')
    if (each['event'] === 'span_begin') depths.set(each['id'], depth + 1)
    const names = ['type', 'name', 'function'].flatMap((name) => (each[name] === undefined ? [] : [each[name]]))
    const times = [each['timestamp'], each['completed']].flatMap((time) =>
      typeof time === 'string' ? [Number(time.slice(17, 26))] : [],
    )
    return `${'  '.repeat(depth)}${[each['event'], ...names].join(' ')} ${times.join('–')}`
  })
}
