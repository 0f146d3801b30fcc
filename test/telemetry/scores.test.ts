import { describe, expect, it } from 'vitest'
import { named } from './render.ts'
import { at, play, sampleOf, solving } from './stream.ts'

describe('scores', () => {
  it('become a result for each scalar, with a value and a label where there is one', () => {
    const scores = {
      grade: { value: 'P' },
      yes: { value: 'Yes' },
      flag: { value: false },
      number: { value: 0.25 },
      text: { value: '0.75' },
      unscored: { value: Number.NaN },
      infinite: { value: Infinity },
      prose: { value: 'mostly harmless' },
      parts: { value: { a: 1, b: 'C', none: null } },
      list: { value: [1, 'I'] },
    }
    const items = play(sampleOf(solving([]), { scores }))
    const results = items.flatMap((item) => (item.kind === 'log' ? [item.body.attributes] : []))
    expect(
      results.map((result) => [
        result['gen_ai.evaluation.name'],
        result['gen_ai.evaluation.score.value'],
        result['gen_ai.evaluation.score.label'],
      ]),
    ).toMatchInlineSnapshot(`
      [
        [
          "grade",
          0.5,
          "P",
        ],
        [
          "yes",
          1,
          "pass",
        ],
        [
          "flag",
          0,
          "fail",
        ],
        [
          "number",
          0.25,
          undefined,
        ],
        [
          "text",
          0.75,
          undefined,
        ],
        [
          "unscored",
          undefined,
          undefined,
        ],
        [
          "infinite",
          undefined,
          undefined,
        ],
        [
          "prose",
          undefined,
          undefined,
        ],
        [
          "parts/a",
          1,
          undefined,
        ],
        [
          "parts/b",
          1,
          "C",
        ],
        [
          "list/1",
          1,
          undefined,
        ],
        [
          "list/2",
          0,
          "I",
        ],
      ]
    `)
  })

  it('say pass only when every verdict does', () => {
    const status = (scores: object): unknown =>
      named(play(sampleOf(solving([]), { scores: scores as never })), 'eval_sample sums')[0]!.attributes[
        'test.case.result.status'
      ]
    expect([
      status({ a: { value: 'C' } }),
      status({ a: { value: 'C' }, b: { value: false } }),
      status({ a: { value: 0.9 } }),
    ]).toEqual(['pass', 'fail', undefined])
  })

  it('on the way are told as such, and do not count', () => {
    const events = solving([
      {
        event: 'score',
        uuid: 's1',
        span_id: 'solver',
        timestamp: at(3),
        intermediate: true,
        scorer: 'mid',
        score: { value: 'C' },
      },
    ])
    const items = play(sampleOf(events))
    const [record] = items.flatMap((item) => (item.kind === 'log' ? [item] : []))
    expect(record!.body.attributes).toMatchObject({ 'gen_ai.evaluation.name': 'mid', 'eval.score.intermediate': true })
    expect(record!.measurements).toEqual([])
  })
})
