import { describe, expect, it } from 'vitest'
import { at, event, eventsOf, model, outline, step, tool } from './old-log.ts'

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
