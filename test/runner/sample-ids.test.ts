import { expect, it } from 'vitest'
import { task } from '../../src/index.ts'
import { sampleIdsOf } from '../../src/runner/run/sample-ids.ts'
import { quickModel } from './scenarios.ts'
import { run } from './run.ts'

function aTask(name: string, ids: readonly (string | number)[]): ReturnType<typeof task> {
  const dataset = ids.map((id) => ({ id, input: '2+2?', target: '4' }))
  return task({ name, dataset, model: quickModel() })
}

it.each<[string, string | number | readonly (string | number)[], readonly (string | number)[]]>([
  ['an id', 7, [7]],
  ['an id in words', '7', [7]],
  ['an id with zeros before it', '007', [7]],
  ['a pattern', '1?', [10, 11]],
  ['a set of letters', '[ab]1', ['a1', 'b1']],
  ['all but some letters', '[!a]1', ['b1', 11]],
  ['several', [7, 'a*'], [7, 'a1', 'a[1]']],
])('selects samples by %s', async (_what, sampleId, expected) => {
  const { samples } = await run(aTask('one', [7, 10, 11, 'a1', 'b1', 'a[1]']), { sampleId })
  expect(new Set(samples.map(({ id }) => id))).toEqual(new Set(expected))
})

it('an id that no sample has is refused, and told with those there are', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => index)
  expect((await run(aTask('one', ids), { sampleId: ['x', 'y'] })).thrown).toMatchObject({
    code: 'BAD_OPTION',
    message: 'sampleId: no sample is called x, y; there are 0, 1, 2, 3, 4, 5, 6, 7 and others',
  })
})

it('an id with the name of a task is for that task alone', async () => {
  const tasks = [aTask('alpha', [1, 2]), aTask('beta', [1, 2]), aTask('gamma', [1])]
  const { logs, reports } = await run(tasks, { sampleId: ['alpha:1', 'Beta:2'] })
  expect(logs.map(({ eval: { task: name, dataset, config } }) => [name, dataset.sample_ids, config.sample_id])).toEqual(
    [
      ['alpha', [1], ['1']],
      ['beta', [2], ['2']],
      ['gamma', [], []],
    ],
  )
  expect(logs.map(({ status }) => status)).toEqual(['success', 'success', 'success'])
  expect(reports).toEqual(['task gamma runs no samples, since no id of sampleId is meant for it'])
})

it.each<[string, Parameters<typeof sampleIdsOf>, ReturnType<typeof sampleIdsOf>]>([
  ['nothing where nothing is given', ['a', undefined, ['a']], undefined],
  ['an id as it is', ['a', 'b:1', ['a']], 'b:1'],
  ['a number', ['a', 3, ['a']], 3],
  ['an id of its own', ['a', 'A:x:y', ['a', 'b']], 'x:y'],
  ['none of another task', ['a', 'b:1', ['a', 'b']], []],
  ['what is left of several', ['a', ['b:1', 2, 'a:3'], ['a', 'b']], [2, '3']],
])('a task is given %s', (_what, given, expected) => {
  expect(sampleIdsOf(...given)).toEqual(expected)
})
