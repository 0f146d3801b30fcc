import { describe, expect, it } from 'vitest'
import { event, model, outline, step, tool } from './old-log.ts'

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
