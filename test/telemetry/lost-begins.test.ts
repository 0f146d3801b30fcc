import { expect, it } from 'vitest'
import { lostBegins, raisedByScorer } from '../../src/telemetry/lost-begins.ts'

function names(ids: readonly string[], within: Parameters<typeof lostBegins>[1]): string[] {
  return lostBegins(ids, within).map(({ begin, parent }) => `${begin.id} ${begin.type} ${begin.name} in ${parent}`)
}

it('names the spans around the last model call of an attempt, from the outside', () => {
  expect(names(['a', 'b', 'c'], { solvers: ['generate'], inScorer: false })).toEqual([
    'a span span in b',
    'b solver generate in c',
    'c solvers solvers in undefined',
  ])
})

it('names them scorers when a scorer raised', () => {
  expect(names(['b', 'c'], { solvers: ['generate'], inScorer: true })).toEqual([
    'b scorer scorer in c',
    'c scorers scorers in undefined',
  ])
})

it('knows that a scorer raised by the traceback', () => {
  const error = (line: string) => ({
    message: '',
    traceback: `Traceback\n  File "run.py"\n    ${line}\n`,
    traceback_ansi: '',
  })
  expect(raisedByScorer(error('score_result = await scorer('))).toBe(true)
  expect(raisedByScorer(error('state = await plan(state, generate)'))).toBe(false)
  expect(raisedByScorer(undefined)).toBe(false)
})
