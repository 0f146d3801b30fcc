import type { Failures } from '../format/parts.ts'
import type { Step } from '../format/steps.ts'
import type { Dice } from './dice.ts'

/** What steps and scorers may name. */
export interface Names {
  readonly models: readonly string[]
  readonly roles: readonly string[]
  readonly samples: readonly (string | number)[]
}

const errorTypes = ['ValueError', 'RuntimeError', 'KeyError', 'OSError', 'OwnError', 'ToolError']
const limitTypes = ['custom', 'token', 'message', 'time', 'working', 'cost', 'turn']

export function randomError(dice: Dice, limits = 30) {
  if (dice.chance(limits)) {
    return {
      type: 'LimitExceededError',
      message: 'too much',
      limit_type: dice.pick(limitTypes),
      limit: 1,
      value: dice.between(1, 3),
    }
  }
  return {
    type: dice.pick(errorTypes),
    ...dice.maybe(70, () => ({ message: dice.pick(['broken', "it's", '', 'a "b"\nc']) })),
  }
}

export function randomFailures(dice: Dice): Failures {
  return {
    ...randomError(dice),
    ...dice.maybe(75, () => ({ times: dice.between(0, 3) })),
    ...dice.maybe(30, () => ({ by: 'all' as const })),
  }
}

export function randomSteps(dice: Dice, names: Names, depth = 0): Step[] {
  return dice.list(depth === 0 ? 1 : 0, depth === 0 ? 5 : 3, () => randomStep(dice, names, depth))
}

function randomStep(dice: Dice, names: Names, depth: number): Step {
  const makers = depth < 2 ? [...plain, ...nested] : plain
  return dice.pick(makers)(dice, names, depth)
}

type Maker = (dice: Dice, names: Names, depth: number) => Step

const ask: Maker = (dice) => ({
  generate: {
    ...dice.maybe(10, () => ({ tool_calls: dice.pick(['loop', 'single', 'none'] as const) })),
    ...dice.maybe(10, () => ({ tool_choice: dice.pick(['auto', 'any', 'none', { name: 'add' }] as const) })),
    ...dice.maybe(25, () => ({ cache: randomCache(dice) })),
    ...dice.maybe(10, () => ({ config: randomConfig(dice) })),
  },
})

export function randomModelCall(dice: Dice, { models, roles }: Names): NonNullable<Step['call_model']> {
  return {
    ...dice.maybe(30, () => ({ model: dice.pick(models) })),
    ...dice.maybe(30, () => ({ role: dice.pick([...roles, 'other']) })),
    ...dice.maybe(40, () => ({ input: dice.pick(['Really?', 'ok', '']) })),
    ...dice.maybe(20, () => ({ config: randomConfig(dice) })),
    ...dice.maybe(40, () => ({ cache: randomCache(dice) })),
  }
}

const callModel: Maker = (dice, names) => ({ call_model: randomModelCall(dice, names) })

const plain: readonly Maker[] = [
  ask,
  ask,
  ask,
  ask,
  callModel,
  callModel,
  (dice) => ({ system_message: dice.pick(['Be kind.', 'For {who}', '']) }),
  (dice) => ({ user_message: dice.pick(['More?', 'For {who}: {note}', '']) }),
  (dice) => ({ prompt_template: dice.pick(['Q: {prompt}', '{prompt} for {who}', 'none']) }),
  (dice) => ({
    use_tools: {
      tools: dice
        .some(['add', 'echo', { tool: 'fail' as const, ...randomFailures(dice) }])
        .map((each) => (typeof each === 'string' ? { tool: each as 'add' } : each)),
      ...dice.maybe(30, () => ({ tool_choice: dice.pick(['auto', 'any', 'none'] as const) })),
    },
  }),
  (dice) => ({ fail: randomFailures(dice) }),
  (dice) => ({ set_store: dice.pick([{ note: 1 }, { note: 'x', list: [1, 2] }, { 'a/b': { c: null } }, {}]) }),
  (dice) => ({ set_metadata: dice.pick([{ who: 'them' }, { more: [1, { a: 2 }] }]) }),
  (dice) => ({ set_output: dice.pick(['ok', 'no', '']) }),
  (dice) => ({ set_scores: dice.pick([{ own: 1 }, { match: 'C' }, { own: { a: 1, b: 0 } }, { f1: 0.5 }]) }),
  (dice) => ({ info: dice.pick(['note', 1.5, { a: [null, true] }]) }),
  () => ({ complete: true }),
  () => ({ call_tools: true }),
]

const nested: readonly Maker[] = [
  (dice, names, depth) => ({
    span: {
      name: dice.pick(['plan', 'act']),
      ...dice.maybe(50, () => ({ type: 'agent' })),
      steps: randomSteps(dice, names, depth + 1),
    },
  }),
  (dice, names, depth) => ({
    only: {
      ...dice.maybe(50, () => ({ name: 'mine' })),
      ...dice.maybe(60, () => ({ samples: dice.some(names.samples) })),
      ...dice.maybe(30, () => ({ epochs: [dice.between(1, 2)] })),
      steps: randomSteps(dice, names, depth + 1),
    },
  }),
  (dice, names, depth) => ({ chain: randomSteps(dice, names, depth + 1) }),
]

function randomCache(dice: Dice) {
  return dice.pick([true, true, false, { per_epoch: false }, { expiry: '2h' }, { scopes: { user: 'a' } }])
}

export function randomConfig(dice: Dice) {
  return {
    ...dice.maybe(50, () => ({ temperature: dice.pick([0, 0.5, 1]) })),
    ...dice.maybe(30, () => ({ max_tokens: dice.between(1, 9) })),
    ...dice.maybe(20, () => ({ seed: 7 })),
    ...dice.maybe(15, () => ({ system_message: 'From the config.' })),
    ...dice.maybe(15, () => ({ max_retries: dice.between(0, 2) })),
    ...dice.maybe(15, () => ({ stop_seqs: ['END'] })),
  }
}
