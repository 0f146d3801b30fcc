import { expect, test } from 'vitest'
import { includes } from '../../../src/runner/scorer/includes.ts'
import { match } from '../../../src/runner/scorer/match.ts'
import { multiScorer } from '../../../src/runner/scorer/multi-scorer.ts'
import { atLeast } from '../../../src/runner/scorer/reducers/at-least.ts'
import { scorer } from '../../../src/runner/scorer/scorer.ts'
import { Target } from '../../../src/runner/target.ts'
import { stateWith } from './state-with.ts'

test('one score is made of several', async () => {
  const both = multiScorer([includes(), match(), match({ location: 'begin' })], 'mean')
  expect(await both.score(stateWith('so Rome it is'), new Target('Rome'))).toEqual({
    value: 1 / 3,
    explanation: 'so Rome it is',
  })
  expect({
    ...both,
    score: undefined,
    metrics: [...(both.metrics as readonly { name: string }[])].map(({ name }) => name),
  }).toEqual({
    name: 'multi_scorer',
    params: {
      scorers: [
        { type: 'scorer', name: 'includes', params: {} },
        { type: 'scorer', name: 'match', params: {} },
        { type: 'scorer', name: 'match', params: { location: 'begin' } },
      ],
      reducer: 'mean',
    },
    metrics: ['accuracy', 'stderr'],
    score: undefined,
  })
})

test('scorers that give no score do not count', async () => {
  const nothing = scorer('nothing', { metrics: [] }, () => undefined)
  const state = stateWith('Rome')
  expect(await multiScorer([nothing, match()], atLeast(1)).score(state, new Target('Rome'))).toEqual({
    value: 1,
    answer: 'Rome',
    explanation: 'Rome',
  })
  expect(await multiScorer([nothing], 'mean').score(state, new Target('Rome'))).toEqual({
    value: Number.NaN,
    reason: 'scoring_failed',
  })
})
