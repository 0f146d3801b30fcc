import { expect, test } from 'vitest'
import { parseReducer, resolveReducers } from '../../../src/runner/scorer/reducers/resolve-reducers.ts'
import { atLeast } from '../../../src/runner/scorer/reducers/at-least.ts'
import { meanScore } from '../../../src/runner/scorer/reducers/mean-score.ts'
import { valueToFloat } from '../../../src/runner/scorer/value-to-float.ts'

test('a reducer has the name that it is asked for by', () => {
  const names = ['mean', 'median', 'mode', 'max', 'majority', 'at_least_2', 'pass_at_5', 'pass_k_3']
  expect(names.map((name) => parseReducer(name).name)).toEqual(names)
})

test.each(['best', 'mean_2', 'at_least', 'constructor', 'at_least_x', ''])("there is no reducer '%s'", (name) => {
  expect(() => parseReducer(name)).toThrow(
    `there is no reducer '${name}'; take one of mean, median, mode, max, majority, at_least_K, pass_at_K, pass_k_K`,
  )
})

test('reducers are given by name or as they are, one or several', () => {
  expect(resolveReducers('mode', 1).map(({ name }) => name)).toEqual(['mode'])
  expect(resolveReducers(atLeast(2), 2).map(({ name }) => name)).toEqual(['at_least_2'])
  expect(resolveReducers(['pass_k_2', meanScore()], 3).map(({ name }) => name)).toEqual(['pass_k_2', 'mean'])
})

test('a reducer that counts epochs needs as many', () => {
  expect(() => resolveReducers(['mean', 'pass_at_3'], 2)).toThrow("reducer 'pass_at_3' needs 3 epochs, and there are 2")
})

test('reducers count with the numbers that they are told', () => {
  const toFloat = valueToFloat({ correct: 'good', partial: 'fair', incorrect: 'bad', noAnswer: 'none' })
  const scores = ['good', 'fair', 'bad', 'none'].map((value) => ({ value }))
  expect(meanScore(toFloat).reduce(scores)).toEqual({ value: 0.375 })
  expect(atLeast(2, { value: 0.5, toFloat }).reduce(scores)).toEqual({ value: 1 })
})
