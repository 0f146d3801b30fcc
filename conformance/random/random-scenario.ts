import type { Scenario, ScenarioTask } from '../format.ts'
import { Dice } from './dice.ts'
import { randomModel } from './random-model.ts'
import { randomAction, randomRuns, randomSettings } from './random-runs.ts'
import { randomMetrics, randomScorers } from './random-scorers.ts'
import { randomFailures, randomSteps, type Names } from './random-steps.ts'

const samples = [[1], [1, 2], [1, 2, 3], ['a', 'b'], ['1', 'two'], [7, 'x', 3]]

/**
 * A scenario, the same one for the same seed. It is over soon, and all in it happens in an order that is defined: one sample
 * and one task at a time, no waits, and no Ctrl-C.
 */
export function randomScenario(seed: number): Scenario {
  const dice = new Dice(seed)
  const names: Names = { models: ['fake/m', 'fake/n'], roles: ['critic'], samples: dice.pick(samples) }
  const ids = names.samples.map(String)
  const tasks = dice.list(1, 2, (index) => randomTask(dice, `task_${index}`, names))
  return {
    description: `Made of seed ${seed}.`,
    models: Object.fromEntries(names.models.map((name) => [name, randomModel(dice, ids)])),
    tasks,
    runs: randomRuns(dice, names, tasks.length),
    ...dice.maybe(40, () => ({ hooks: dice.list(1, 2, () => randomAction(dice)) })),
  }
}

function randomTask(dice: Dice, name: string, names: Names): ScenarioTask {
  const system = { role: 'system' as const, content: 'Be kind.' }
  const user = { role: 'user' as const, content: 'Is it?' }
  return {
    name,
    samples: names.samples.map((id) => ({
      id,
      input: dice.pick([`${id} or not?`, `${id} or not?`, 'the same', [user], [system, user]]),
      target: dice.pick(['ok', 'ok', 'no', ['ok', 'yes']]),
      ...dice.maybe(50, () => ({ metadata: { who: 'you', number: 1.5 } })),
    })),
    ...dice.maybe(80, () => ({ solver: randomSteps(dice, names) })),
    ...dice.maybe(15, () => ({ setup: randomSteps(dice, names, 1) })),
    ...dice.maybe(70, () => ({ scorer: randomScorers(dice, names) })),
    ...dice.maybe(10, () => ({ metrics: randomMetrics(dice) })),
    ...dice.maybe(10, () => ({ sandbox: randomFailures(dice) })),
    ...dice.maybe(5, () => ({ cleanup: randomFailures(dice) })),
    ...dice.maybe(10, () => ({ version: dice.pick([2, '1.0']) })),
    ...randomSettings(dice, names, 15),
  }
}
