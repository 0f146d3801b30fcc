import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from '../../../src/inspect/json.ts'
import type { Score } from '../../../src/inspect/records.ts'
import { answer, type AnswerKind } from '../../../src/runner/scorer/answer.ts'
import { exact } from '../../../src/runner/scorer/exact.ts'
import { f1 } from '../../../src/runner/scorer/f1.ts'
import { includes } from '../../../src/runner/scorer/includes.ts'
import { match, type MatchLocation } from '../../../src/runner/scorer/match.ts'
import { pattern } from '../../../src/runner/scorer/pattern.ts'
import type { Scorer } from '../../../src/runner/scorer/scorer.ts'
import { Target } from '../../../src/runner/target.ts'
import { stateWith } from './state-with.ts'

// From Inspect itself: `scorers.py` beside the file has it score these answers. With a seed and a count it makes others,
// for SCORERS_FIXTURE.
const file = process.env['SCORERS_FIXTURE'] ?? new URL('../../fixtures/runner/scorers.json', import.meta.url)
const cases = parse(readFileSync(file, 'utf8')) as readonly [Spec, string, string | readonly string[], Score][]

// Each maker knows its options.
// oxlint-disable-next-line typescript/no-explicit-any
type Options = { readonly [name: string]: any }
type Spec = readonly [name: string, options: Options]

const makers: { readonly [name: string]: (options: Options) => Scorer } = {
  match: ({ location, ignore_case: ignoreCase, numeric }) => match({ location, ignoreCase, numeric }),
  includes: ({ ignore_case: ignoreCase }) => includes({ ignoreCase }),
  exact: () => exact(),
  f1: ({ stop_words: stopWords }) => f1({ stopWords }),
  pattern: ({ pattern: expression, ignore_case: ignoreCase, match_all: matchAll }) =>
    pattern(expression, { ignoreCase, matchAll }),
  answer: ({ pattern: kind }) => answer(kind),
}

test('scores as Inspect does', async () => {
  const scored = await Promise.all(
    cases.map(async ([[name, options], completion, target]) => {
      const score = await makers[name]!(options).score(stateWith(completion), new Target(target))
      return [[name, options], completion, target, JSON.parse(JSON.stringify(score))]
    }),
  )
  expect(scored).toEqual(cases)
})

test('scorers have the names, params and metrics of Inspect', () => {
  const scorers = [
    match(),
    match({ location: 'any', numeric: true }),
    includes({ ignoreCase: false }),
    exact(),
    f1({ stopWords: ['a'], answerFn: (completion) => completion }),
    pattern(/x(.)/, { matchAll: true }),
    answer('letter'),
  ]
  const shown = scorers.map(({ name, params, metrics }) => [
    name,
    params,
    Array.isArray(metrics) && metrics.map((each) => each.name),
  ])
  expect(shown).toEqual([
    ['match', {}, ['accuracy', 'stderr']],
    ['match', { location: 'any', numeric: true }, ['accuracy', 'stderr']],
    ['includes', { ignore_case: false }, ['accuracy', 'stderr']],
    ['exact', {}, ['mean', 'stderr']],
    ['f1', { stop_words: ['a'], answer_fn: 'answerFn' }, ['mean', 'stderr']],
    ['pattern', { pattern: 'x(.)', match_all: true }, ['accuracy', 'stderr']],
    ['answer', { pattern: 'letter' }, ['accuracy', 'stderr']],
  ])
})

test('f1 takes the answer out of the completion', async () => {
  const scorer = f1({ answerFn: (completion) => completion.split(':')[1]! })
  expect(await scorer.score(stateWith('the answer: Rome'), new Target('rome'))).toEqual({ value: 1, answer: ' Rome' })
})

test('options that mean nothing are refused', () => {
  expect(() => match({ location: 'middle' as MatchLocation })).toThrow(
    "match() has no location 'middle'; it is begin, end, any or exact",
  )
  expect(() => answer('number' as AnswerKind)).toThrow("answer() has no kind 'number'; it is letter, word or line")
  expect(() => pattern('(')).toThrow('the pattern of pattern() is no regular expression of JavaScript: ')
})

test('long completions take no long time', async () => {
  const long = `${' '.repeat(50_000)}x${'⁰'.repeat(50_000)} ${'('.repeat(50_000)}1`
  const started = performance.now()
  for (const scorer of [match({ numeric: true }), match(), exact(), f1(), includes()]) {
    // oxlint-disable-next-line no-await-in-loop -- each for itself
    await scorer.score(stateWith(long), new Target('1'))
  }
  expect(performance.now() - started).toBeLessThan(3000)
})
