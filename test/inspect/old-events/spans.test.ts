import { describe, expect, it } from 'vitest'
import { at, event, eventsOf, migrated, model, outline, step, tool, type Event, type Options } from './old-log.ts'

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
