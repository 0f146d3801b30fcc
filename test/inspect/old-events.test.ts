import { describe, expect, it } from 'vitest'
import { migrateSample } from '../../src/inspect/migrate.ts'
import { rebuildEvents } from '../../src/inspect/old-events/rebuild-events.ts'
import type { EvalSpec } from '../../src/inspect/records.ts'
import { header, sample } from './log-text.ts'

type Event = { readonly [name: string]: unknown }

/** Seconds after noon. */
function at(seconds: number): string {
  return `2025-01-01T12:00:${seconds.toFixed(6).padStart(9, '0')}+00:00`
}

function event(kind: string, seconds: number, fields: object = {}): Event {
  return { event: kind, timestamp: at(seconds), ...fields }
}

function step(action: 'begin' | 'end', name: string, seconds: number, type?: string): Event {
  return event('step', seconds, { action, name, type })
}

function model(seconds: number, fields: object = {}): Event {
  return event('model', seconds, { model: 'm', ...fields })
}

function tool(seconds: number, name: string, events: readonly Event[] = [], fields: object = {}): Event {
  return event('tool', seconds, { id: `call-${name}`, function: name, events, ...fields })
}

interface Options {
  readonly release?: string | undefined
  readonly evalId?: string
  readonly stats?: string
  readonly changes?: object
}

function migrated(
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

function eventsOf(events: readonly Event[], options?: Options): Event[] {
  return migrated(events, options)['events'] as Event[]
}

/** One line for each event: indented by the spans around it, with seconds. */
function outline(events: readonly Event[], options?: Options): string[] {
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

describe('steps', () => {
  it('become spans, those of solvers and of scorers grouped', () => {
    expect(
      outline([
        step('begin', 'init', 0),
        event('sample_init', 1),
        step('end', 'init', 2),
        step('begin', 'chain', 3, 'solver'),
        step('begin', 'generate', 4, 'solver'),
        model(5, { completed: at(6) }),
        step('end', 'generate', 7, 'solver'),
        step('end', 'chain', 8, 'solver'),
        step('begin', 'match', 9, 'scorer'),
        event('score', 10, { score: { value: 1 } }),
        step('end', 'match', 11, 'scorer'),
      ]),
    ).toEqual([
      'span_begin init init 0',
      '  sample_init 1',
      'span_end 2',
      'span_begin solvers solvers 3',
      '  span_begin solver chain 3',
      '    span_begin solver generate 4',
      '      model 5–6',
      '    span_end 7',
      '  span_end 8',
      'span_end 8',
      'span_begin scorers scorers 9',
      '  span_begin scorer match 9',
      '    score 10',
      '  span_end 11',
      'span_end 11',
    ])
  })

  it('that something raised left without an end, end with the last that happened in them', () => {
    expect(
      outline([
        event('sample_init', 0),
        step('begin', 'outer', 1, 'solver'),
        step('begin', 'inner', 2, 'solver'),
        model(3, { completed: at(4) }),
        step('end', 'outer', 5, 'solver'),
        step('begin', 'second', 6, 'solver'),
        event('sample_limit', 7, { type: 'message' }),
        step('begin', 'match', 8, 'scorer'),
        event('error', 9, { error: { message: 'e' } }),
      ]),
    ).toEqual([
      'sample_init 0',
      'span_begin solvers solvers 1',
      '  span_begin solver outer 1',
      '    span_begin solver inner 2',
      '      model 3–4',
      '    span_end 4',
      '  span_end 5',
      '  span_begin solver second 6',
      '    sample_limit message 7',
      '  span_end 7',
      'span_end 7',
      'span_begin scorers scorers 8',
      '  span_begin scorer match 8',
      '    error 9',
      '  span_end 9',
      'span_end 9',
    ])
  })

  it('of a scorer that a solver made itself lie within it', () => {
    expect(
      outline([
        step('begin', 'phase', 0, 'solver'),
        step('begin', 'phase', 1, 'scorer'),
        step('end', 'phase', 2, 'scorer'),
        model(3),
        step('end', 'phase', 4, 'solver'),
        step('end', 'phase', 5),
      ]),
    ).toEqual([
      'span_begin solvers solvers 0',
      '  span_begin solver phase 0',
      '    span_begin scorer phase 1',
      '    span_end 2',
      '    model 3',
      '  span_end 4',
      'span_end 4',
    ])
  })

  it('of a sample that could not be made ready are no attempt', () => {
    expect(outline([step('begin', 'init', 0), event('error', 1, { error: { message: 'e' } })])).toEqual([
      'span_begin init init 0',
      '  error 1',
      'span_end 1',
    ])
  })

  it('that end without a begin, or have no name, do no harm', () => {
    expect(
      outline([
        step('end', 'lost', 0, 'solver'),
        event('step', 1, { action: 'begin', type: 'solver', name: 7 }),
        event('info', 2),
      ]),
    ).toEqual(['span_begin solvers solvers 1', '  span_begin solver  1', '    info 2', '  span_end 2', 'span_end 2'])
  })
})

describe('what a tool or a sub-task did', () => {
  it('follows its event, in a span of its own', () => {
    const inner = tool(4, 'inner', [model(5, { completed: at(6) })], { completed: at(7) })
    expect(
      outline([
        step('begin', 's', 0, 'solver'),
        tool(1, 'plain', [], { completed: at(2) }),
        tool(3, 'outer', [inner], { completed: at(8) }),
        event('subtask', 9, { name: 'sub', completed: at(12), events: [step('begin', 'x', 10), step('end', 'x', 11)] }),
        step('end', 's', 13, 'solver'),
      ]),
    ).toEqual([
      'span_begin solvers solvers 0',
      '  span_begin solver s 0',
      '    tool plain 1–2',
      '    span_begin tool outer 3',
      '    tool outer 3–8',
      '      span_begin tool inner 4',
      '      tool inner 4–7',
      '        model 5–6',
      '      span_end 7',
      '    span_end 8',
      '    span_begin subtask sub 9',
      '      subtask sub 9–12',
      '      span_begin x x 10',
      '      span_end 11',
      '    span_end 12',
      '  span_end 13',
      'span_end 13',
    ])
  })

  it('is not told twice', () => {
    const events = eventsOf([tool(0, 't', [model(1, { completed: at(2) })], { completed: at(3) })])
    expect(events.filter((each) => each['event'] === 'model')).toHaveLength(1)
    expect(events.find((each) => each['event'] === 'tool')).toMatchObject({ events: [] })
  })
})

describe('times of calls', () => {
  it('up to 0.3.47 are those of their ends: they began behind what was before', () => {
    expect(
      outline(
        [
          step('begin', 's', 0, 'solver'),
          model(3),
          tool(6, 't', [event('info', 4), model(5)]),
          // Both ran at the same time.
          event('subtask', 8, { name: 'one', events: [model(7)] }),
          event('subtask', 9, { name: 'two', events: [model(7.5)] }),
          step('end', 's', 10, 'solver'),
        ],
        { release: '0.3.47' },
      ),
    ).toEqual([
      'span_begin solvers solvers 0',
      '  span_begin solver s 0',
      '    model 0.000001–3',
      '    span_begin tool t 3.000001',
      '    tool t 3.000001–6',
      '      info 4',
      '      model 4.000001–5',
      '    span_end 6',
      '    span_begin subtask one 6.000001',
      '      subtask one 6.000001–8',
      '      model 6.000001–7',
      '    span_end 8',
      '    span_begin subtask two 6.000001',
      '      subtask two 6.000001–9',
      '      model 6.000001–7.5',
      '    span_end 9',
      '  span_end 10',
      'span_end 10',
    ])
  })

  it('from 0.3.48 to 0.3.70 are those of their begins: they ended before what came next', () => {
    expect(
      outline(
        [
          step('begin', 's', 0, 'solver'),
          model(1, { output: { time: 0.5 } }),
          model(2, { cache: 'read' }),
          model(3),
          tool(4, 't', [model(5, { output: { time: 1.5 } })]),
          event('subtask', 8, { name: 'one', events: [model(8, { output: { time: 2 } })] }),
          event('subtask', 8, { name: 'two', events: [model(8, { output: { time: 3 } })] }),
          model(12, { pending: true }),
          model(13, { error: 'e' }),
          step('end', 's', 14, 'solver'),
        ],
        { release: '0.3.48.dev3+g1234' },
      ),
    ).toEqual([
      'span_begin solvers solvers 0',
      '  span_begin solver s 0',
      '    model 1–1.5',
      '    model 2–2',
      '    model 3–3.999999',
      '    span_begin tool t 4',
      '    tool t 4–7.999999',
      '      model 5–6.5',
      '    span_end 7.999999',
      '    span_begin subtask one 8',
      '      subtask one 8–10',
      '      model 8–10',
      '    span_end 10',
      '    span_begin subtask two 8',
      '      subtask two 8–11.999999',
      '      model 8–11',
      '    span_end 11.999999',
      '    model 12',
      '    model 13',
      '  span_end 14',
      'span_end 14',
    ])
  })

  it('of other releases, and of none, stay as they are', () => {
    const events = [step('begin', 's', 0, 'solver'), model(1), step('end', 's', 2, 'solver')]
    for (const release of ['0.3.71', '0.3.112', 'dev', undefined]) {
      expect(outline(events, { release })[2]).toBe('    model 1')
    }
  })
})

describe('spans', () => {
  const begin = (id: string, name: string, type: string, seconds: number, fields: object = {}): Event =>
    event('span_begin', seconds, { id, name, type, span_id: id, ...fields })
  const end = (id: string, seconds: number): Event => event('span_end', seconds, { id, span_id: id })
  const ungrouped = [
    begin('i', 'init', 'init', 0),
    event('sample_init', 1, { span_id: 'i' }),
    end('i', 2),
    begin('s', 'generate', 'solver', 3),
    begin('x', 'sub', 'subtask', 4, { parent_id: 's' }),
    event('subtask', 5, { name: 'sub', span_id: 'x', events: [] }),
    end('x', 6),
    end('s', 7),
    begin('m', 'match', 'scorer', 8),
    end('m', 9),
  ]

  it('of the first releases that had them are grouped', () => {
    expect(outline(ungrouped, { release: '0.3.95' })).toEqual([
      'span_begin init init 0',
      '  sample_init 1',
      'span_end 2',
      'span_begin solvers solvers 3',
      '  span_begin solver generate 3',
      '    span_begin subtask sub 4',
      '      subtask sub 5',
      '    span_end 6',
      '  span_end 7',
      'span_end 7',
      'span_begin scorers scorers 8',
      '  span_begin scorer match 8',
      '  span_end 9',
      'span_end 9',
    ])
  })

  it('of a newer release that scored the sample anew stay as they are, and are no part of the time it took', () => {
    const events = [
      event('sample_init', 0),
      step('begin', 'match', 1, 'scorer'),
      model(2, { completed: at(3) }),
      step('end', 'match', 4, 'scorer'),
      begin('g', 'scorers', 'scorers', 50),
      begin('m', 'includes', 'scorer', 51, { parent_id: 'g' }),
      end('m', 52),
      end('g', 53),
    ]
    expect(outline(events, { stats: at(3) })).toEqual([
      'sample_init 0',
      'span_begin solvers solvers 1',
      'span_end 1',
      'span_begin scorers scorers 1',
      '  span_begin scorer match 1',
      '    model 2–3',
      '  span_end 4',
      'span_end 4',
      'span_begin scorers scorers 50',
      '  span_begin scorer includes 51',
      '  span_end 52',
      'span_end 53',
    ])
    const untold = { completed_at: undefined }
    expect(migrated(events, { stats: at(3), changes: untold })['completed_at']).toBe(at(4))
    expect(migrated(events.slice(0, 4), { stats: at(3), changes: untold })['completed_at']).toBeUndefined()
    expect(migrated(events, { stats: '', changes: untold })['completed_at']).toBeUndefined()
    expect(migrated(events, { stats: at(3), changes: { completed_at: at(5) } })['completed_at']).toBe(at(5))
  })

  it('that are grouped stay as they are', () => {
    const grouped = [begin('g', 'solvers', 'solvers', 0), begin('s', 'generate', 'solver', 1, { parent_id: 'g' })]
    expect(eventsOf(grouped, { release: '0.3.112' })).toMatchObject(grouped)
    const current = ungrouped.map((each, index) => ({ uuid: `u${index}`, ...each }))
    expect(eventsOf(current, { release: '0.3.285' })).toMatchObject(current)
  })
})

describe('ids', () => {
  const events = [step('begin', 's', 0, 'solver'), model(1), model(1), step('end', 's', 2, 'solver')]
  const idsOf = (options?: Options): unknown[] =>
    eventsOf(events, options).flatMap((each) => [each['uuid'], each['id'] ?? []].flat())

  it('are computed: the same on every read, and no event has that of another', () => {
    expect(idsOf()).toEqual(idsOf())
    const uuids = eventsOf(events).map((each) => each['uuid'])
    expect(new Set(uuids).size).toBe(6)
    expect(uuids.every((uuid) => /^[0-9a-f]{32}$/.test(String(uuid)))).toBe(true)
  })

  it('differ by eval, sample and epoch, or by the uuid of the sample, which a retried task takes along', () => {
    const all = [
      idsOf(),
      idsOf({ evalId: 'other' }),
      idsOf({ changes: { id: 'b' } }),
      idsOf({ changes: { epoch: 2 } }),
      idsOf({ changes: { uuid: 'u' } }),
    ].flat()
    expect(new Set(all).size).toBe(new Set(idsOf()).size * 5)
    expect(idsOf({ changes: { uuid: 'u' } })).toEqual(idsOf({ changes: { uuid: 'u' }, evalId: 'other' }))
  })
})

describe('the usage of a sample', () => {
  const usage = (input: number): object => ({
    output: { usage: { input_tokens: input, output_tokens: 1, total_tokens: input + 1 } },
  })
  const events = [
    model(0, usage(10)),
    model(1, { ...usage(20), model: 'n' }),
    model(2, { ...usage(40), cache: 'read' }),
    tool(3, 't', [model(4, usage(80))]),
  ]

  it('is that of its calls where it is not told', () => {
    expect(migrated(events)['model_usage']).toEqual({
      m: { input_tokens: 90, output_tokens: 2, total_tokens: 92 },
      n: { input_tokens: 20, output_tokens: 1, total_tokens: 21 },
    })
  })

  it('is what the sample tells otherwise', () => {
    const told = { m: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } }
    expect(migrated(events, { changes: { model_usage: told } })['model_usage']).toEqual(told)
  })
})
