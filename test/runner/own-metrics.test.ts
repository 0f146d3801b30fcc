import { expect, it } from 'vitest'
import { mean, metric, reducer, scorer, type Metric, type Score } from '../../src/index.ts'
import { aTask, run } from './run.ts'

/** The share of scores from a threshold on. */
function share(threshold: number): Metric {
  return metric('my_share', { threshold, leftOut: undefined }, (scores) => {
    return scores.filter(({ score }) => Number(score.value) >= threshold).length / scores.length
  })
}

it('metrics and reducers of one’s own have their names and parameters in the log, as in Inspect', async () => {
  const last = (scores: readonly Score[]): Score => scores.at(-1)!
  const own = scorer('sc', { metrics: [share(0.9), mean()] }, ({ epoch }) => ({ value: epoch - 1 }))
  const reducers = ['mean', reducer('second', {}, last), reducer('my_red', { k: 4 }, last)]
  const { logs } = await run(aTask({ scorer: own, epochs: { epochs: 2, reducer: reducers } }))
  const { eval: spec, results } = logs[0]!
  expect([Reflect.get(spec, 'scorers'), spec.config['epochs_reducer']]).toEqual([
    [
      {
        name: 'sc',
        options: {},
        metrics: [
          { name: 'my_share', options: { threshold: 0.9 } },
          { name: 'mean', options: {} },
        ],
        metadata: {},
      },
    ],
    ['mean', 'second', 'my_red_4'],
  ])
  expect(results?.scores.map(({ reducer: name, metrics }) => [name, metrics])).toEqual([
    ['mean', values(0, 0.5)],
    ['second', values(1, 1)],
    ['my_red_4', values(1, 1)],
  ])
})

it.each<[() => unknown, string]>([
  [() => metric('', {}, () => 1), 'metric without a name: give it one first: metric(name, params, function)'],
  [() => metric('m', (() => 1) as never, undefined as never), 'metric m: give its parameters second, {} for none'],
  [() => reducer('r', {}, 1 as never), 'reducer r: give third the function that is called with the scores'],
])('what is no metric or reducer is refused (%#)', (make, message) => {
  expect(make).toThrow(message)
})

function values(mine: number, average: number): object {
  return {
    my_share: { name: 'my_share', value: mine, params: { threshold: 0.9 } },
    mean: { name: 'mean', value: average, params: {} },
  }
}
