import { expect, test } from 'vitest'
import type { Json } from '../../../src/inspect/records.ts'
import type { SampleScore } from '../../../src/runner/scorer/metric.ts'
import { accuracy } from '../../../src/runner/scorer/metrics/accuracy.ts'
import { mean } from '../../../src/runner/scorer/metrics/mean.ts'
import { bootstrapStderr } from '../../../src/runner/scorer/metrics/bootstrap-stderr.ts'
import { grouped } from '../../../src/runner/scorer/metrics/grouped.ts'
import { std } from '../../../src/runner/scorer/metrics/std.ts'
import { stderr } from '../../../src/runner/scorer/metrics/stderr.ts'
import { variance } from '../../../src/runner/scorer/metrics/variance.ts'
import { valueToFloat } from '../../../src/runner/scorer/value-to-float.ts'

const scores = (...values: readonly (string | number)[]): SampleScore[] =>
  values.map((value, index) => ({ sampleId: index + 1, score: { value } }))

// What Inspect computes itself is compared in results.test.ts.

test('metrics have the names and params of Inspect', () => {
  const metrics = [
    accuracy(),
    mean({ toFloat: valueToFloat() }),
    stderr({ cluster: 'text' }),
    std(),
    variance(),
    bootstrapStderr({ numSamples: 10 }),
    grouped(stderr({ cluster: 'text' }), 'topic', { all: false, nameTemplate: 'of {group_name}' }),
  ]
  expect(metrics.map(({ name, params }) => [name, params])).toEqual([
    ['accuracy', {}],
    ['mean', { to_float: 'toFloat' }],
    ['stderr', { cluster: 'text' }],
    ['std', {}],
    ['var', {}],
    ['bootstrap_stderr', { num_samples: 10 }],
    [
      'grouped',
      {
        metric: { type: 'metric', name: 'stderr', params: { cluster: 'text' } },
        group_key: 'topic',
        all: false,
        name_template: 'of {group_name}',
      },
    ],
  ])
})

test('the standard error by drawing is close to the computed one', () => {
  const values = scores(...Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? 'C' : 'I')))
  const drawn = bootstrapStderr({ numSamples: 4000 }).compute(values) as number
  const computed = stderr().compute(values) as number
  expect(Math.abs(drawn - computed)).toBeLessThan(computed * 0.15)
  expect(bootstrapStderr().compute([])).toBe(0)
})

test('the error for a sample without its group or cluster names both', () => {
  expect(() => stderr({ cluster: 'text' }).compute(scores('C'))).toThrow(
    "sample 1 has no 'text' in its metadata, which stderr needs for its clusters; give it to every sample",
  )
  expect(() => grouped(mean(), 'topic').compute(scores('C'))).toThrow(
    "sample 1 has no 'topic' in its metadata, which grouped() needs; give it to every sample",
  )
})

test.each<[Json, number]>([
  ['C', 1],
  ['P', 0.5],
  ['N', 0],
  ['Yes', 1],
  ['false', 0],
  [true, 1],
  [-2.5, -2.5],
  [' ٤٢ ', 42],
  ['1_0.5e1', 105],
  ['0x10', 0],
  ['Infinity', 0],
  ['1__0', 0],
  [null, 0],
  [[1], 0],
  [{ a: 1 }, 0],
])('the value %j is the number %d', (value, number) => {
  expect(valueToFloat()(value)).toBe(number)
})

test("grades of one's own may be numbers, and true is 1", () => {
  const toFloat = valueToFloat({ correct: 5, partial: 1, incorrect: 0 })
  expect([5, 1, true, 0, false, 3, 'C'].map(toFloat)).toEqual([1, 0.5, 0.5, 0, 0, 3, 0])
})
