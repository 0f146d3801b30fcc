import type { Action, HookName, RunOptions, ScenarioRun } from '../format.ts'
import type { Dice } from './dice.ts'
import { randomConfig, randomError, type Names } from './random-steps.ts'

const reducers = ['mean', 'median', 'mode', 'max', 'at_least_1', 'at_least_2', 'pass_at_1']
const hooks: readonly HookName[] = [
  'on_task_start',
  'on_sample_init',
  'on_sample_start',
  'on_sample_attempt_start',
  'on_sample_event',
  'on_sample_scoring',
  'on_sample_attempt_end',
  'on_sample_end',
  'on_before_model_generate',
  'on_before_model_generate',
  'on_model_usage',
  'on_model_cache_usage',
  'on_model_retry',
]

/** A limit raised there is the end of the task. */
const endsTask: ReadonlySet<string> = new Set(['on_task_start', 'on_sample_attempt_end', 'on_sample_end'])

/** What tasks and runs may both say, each of it so often, in percent. */
export function randomSettings(dice: Dice, { models }: Names, percent: number) {
  return {
    ...dice.maybe(percent, () => ({ message_limit: dice.between(1, 8) })),
    ...dice.maybe(percent, () => ({ token_limit: dice.between(10, 150) })),
    ...dice.maybe(percent, () => ({ turn_limit: dice.between(1, 4) })),
    ...dice.maybe(percent, () => ({ epochs: dice.between(1, 3), epochs_reducer: dice.some(reducers) })),
    ...dice.maybe(percent, () => ({ config: randomConfig(dice) })),
    ...dice.maybe(percent, () => ({ model_roles: { critic: dice.pick(models) as `fake/${string}` } })),
    ...dice.maybe(percent, () => ({ tags: ['b', 'a'], metadata: { note: 1 } })),
    ...dice.maybe(percent, () => ({ score_on_error: true })),
    ...dice.maybe(percent, () => ({ fail_on_error: dice.pick([true, false, 0.5, 2, 1]) })),
  }
}

/** No error ends a task before its time: how far other samples come then is a matter of chance. */
export function randomRuns(dice: Dice, names: Names, tasks: number): ScenarioRun[] {
  const options = (): RunOptions => ({
    ...dice.pick([{ model: 'fake/m' }, { model: 'fake/m' }, { model: 'fake/m' }, { model: ['fake/m', 'fake/n'] }]),
    max_samples: 1,
    max_tasks: 1,
    ...randomSettings(dice, names, 15),
    continue_on_fail: true,
    ...dice.maybe(15, () => ({ retry_on_error: dice.between(0, 2) })),
    ...dice.maybe(15, () =>
      dice.pick([{ limit: 1 }, { limit: 2 }, { limit: [1, 3] as [number, number] }, { sample_id: names.samples[0]! }]),
    ),
    ...dice.maybe(5, () => ({ score: false })),
    ...dice.maybe(5, () => ({ log_samples: false })),
    ...dice.maybe(tasks > 1 ? 15 : 0, () => ({ tasks: ['task_1'] })),
  })
  const kind = dice.pick(['eval', 'eval', 'eval', 'retry', 'set', 'set'] as const)
  if (kind === 'eval') return dice.list(1, 2, () => ({ eval: options() }))
  if (kind === 'retry') {
    const retries = dice.list(1, 2, (index) => ({
      eval_retry: { of: index, max_samples: 1, ...dice.maybe(20, () => ({ retry_on_error: 1 })) },
    }))
    return [{ eval: options() }, ...retries]
  }
  // With other settings it would be another set.
  const set = options()
  return dice.list(1, 3, () => ({
    eval_set: {
      ...set,
      ...dice.maybe(20, () => ({ epochs: dice.between(1, 3) })),
      retry_attempts: dice.between(0, 2),
      ...dice.maybe(20, () => ({ retry_cleanup: false })),
    },
  }))
}

export function randomAction(dice: Dice): Action {
  const on = dice.pick(hooks)
  const nth = dice.maybe(80, () => ({ nth: dice.between(1, 4) }))
  const limits = endsTask.has(on) ? 0 : 60
  if (on !== 'on_before_model_generate' || dice.chance(30)) return { on, ...nth, raise: randomError(dice, limits) }
  return dice.pick([
    { on, ...nth, append_input: 'Think.' },
    { on, ...nth, set_config: randomConfig(dice) },
    { on, ...nth, clear_tools: true as const },
  ])
}
