import type { ScenarioMetrics, ScenarioScorer } from '../format/scorers.ts'
import type { Dice } from './dice.ts'
import { randomFailures, randomModelCall, type Names } from './random-steps.ts'

const metricNames = ['accuracy', 'mean', 'stderr', 'std', 'var'] as const
const numbers = [0, 1, 0.5, -2, 1e9, true, false, Number.NaN, Number.POSITIVE_INFINITY]
const words = ['C', 'I', 'P', 'N', 'yes', '0.25', 'banana', '']

export function randomScorers(dice: Dice, names: Names): ScenarioScorer[] {
  return dice.list(0, 3, () => dice.pick(makers)(dice, names))
}

const makers: readonly ((dice: Dice, names: Names) => ScenarioScorer)[] = [
  (dice) => ({
    match: {
      ...dice.maybe(50, () => ({ location: dice.pick(['begin', 'end', 'any', 'exact'] as const) })),
      ...dice.maybe(30, () => ({ ignore_case: false })),
      ...dice.maybe(30, () => ({ numeric: true })),
    },
  }),
  (dice) => ({ includes: dice.maybe(30, () => ({ ignore_case: false })) }),
  () => ({ exact: {} }),
  () => ({ f1: {} }),
  (dice) => ({ pattern: { pattern: dice.pick(['(ok)', '(\\w+) is (\\w+)', 'ok']), match_all: dice.chance(50) } }),
  (dice, names) => ({ fixed: randomFixed(dice, names) }),
  (dice, names) => ({ fixed: randomFixed(dice, names) }),
  (dice, names) => ({ fixed: randomFixed(dice, names) }),
  (dice) => ({ fail: randomFailures(dice) }),
  (dice, names) => ({ call_model: randomModelCall(dice, names) }),
]

function randomFixed(dice: Dice, { samples }: Names): NonNullable<ScenarioScorer['fixed']> {
  const kind = dice.pick(['number', 'number', 'word', 'keys', 'list'] as const)
  const value = (): unknown => valueOf[kind](dice)
  return {
    value: value(),
    ...dice.maybe(40, () => ({
      by_sample: Object.fromEntries(samples.map((id) => [String(id), dice.chance(20) ? null : value()])),
    })),
    ...dice.maybe(30, () => ({ name: dice.pick(['one', 'other']) })),
    ...dice.maybe(80, () => ({ metrics: kind === 'keys' ? metricsByKey(dice) : randomMetrics(dice) })),
    ...dice.maybe(30, () => ({ answer: 'said', explanation: 'because' })),
    ...dice.maybe(20, () => ({ metadata: { note: [1, 'x'] } })),
  }
}

const valueOf = {
  number: (dice: Dice): unknown => dice.pick(numbers),
  word: (dice: Dice): unknown => dice.pick(words),
  keys: (dice: Dice): unknown => ({ a: dice.pick(numbers), b: dice.pick([0, 1, 0.5]) }),
  list: (dice: Dice): unknown => dice.list(1, 2, () => dice.pick([0, 1, 0.5])),
}

export function randomMetrics(dice: Dice): ScenarioMetrics {
  return dice.list(1, 3, () => dice.pick(metricNames))
}

function metricsByKey(dice: Dice): ScenarioMetrics {
  const one = (): (typeof metricNames)[number][] => [dice.pick(metricNames)]
  return dice.pick([{ a: one(), b: one() }, { '*': one() }, [{ a: one() }], ['mean' as const, { b: one() }]])
}
