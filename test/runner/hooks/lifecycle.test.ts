import { describe, expect, it } from 'vitest'
import { Hooks, hookNames, mockModel, type HookEvent, type HookName, type TaskState } from '../../../src/index.ts'
import { hooks } from '../../../src/hooks/register.ts'
import { aTask, dataOf, question, run, withHooks } from '../run.ts'
import { failing } from '../scenarios.ts'

// Inspect's own tests of its hooks: tests/hooks/test_hooks.py, by name in the comments.

const questions = [question, { ...question, id: 2 }]

/** How often each hook was called. */
function counts(events: readonly HookEvent[], names: readonly HookName[] = hookNames): { [name: string]: number } {
  const entries = names.map((name) => [name, events.filter(({ hook }) => hook === name).length] as const)
  return Object.fromEntries(entries.filter(([name, count]) => count > 0 && name !== 'onSampleEvent'))
}

const ofOneSample = {
  onRunStart: 1,
  onRunEnd: 1,
  onTaskStart: 1,
  onTaskEnd: 1,
  onSampleInit: 1,
  onSampleStart: 1,
  onSampleAttemptStart: 1,
  onSampleAttemptEnd: 1,
  onSampleScoring: 1,
  onSampleEnd: 1,
  onBeforeModelGenerate: 1,
  onModelUsage: 1,
}

const sampleHooks = [
  'onSampleInit',
  'onSampleStart',
  'onSampleAttemptStart',
  'onSampleAttemptEnd',
  'onSampleEnd',
] as const

describe('hooks of a run', () => {
  // test_can_subscribe_to_events
  it('are each called once for a single sample, and the call of its model says whose it is', async () => {
    const { events } = await run(aTask())
    expect(counts(events)).toEqual(ofOneSample)
    const [call] = dataOf(events, 'onBeforeModelGenerate')
    expect(call).toMatchObject({ model_name: 'mockllm/model', task_name: 'arithmetic', sample_id: expect.any(String) })
    expect(call!.input.map(({ content }) => content)).toEqual([question.input])
  })

  // test_can_subscribe_to_events_with_multiple_hooks
  it('are called alike for all classes of hooks', async () => {
    const first: string[] = []
    const second: string[] = []
    withHooks(Object.fromEntries(hookNames.map((name) => [name, () => void first.push(name)])))
    withHooks(Object.fromEntries(hookNames.map((name) => [name, () => void second.push(name)])))
    const { events } = await run(aTask())
    expect(first).toEqual(events.map(({ hook }) => hook))
    expect(second).toEqual(first)
  })

  // test_respects_enabled
  it('are not called while they are disabled', async () => {
    let isOn = false
    const seen: string[] = []
    withHooks({ enabled: () => isOn, onRunStart: ({ run_id }) => void seen.push(run_id) })
    await run(aTask())
    isOn = true
    const { events } = await run(aTask())
    expect(seen).toEqual([dataOf(events, 'onRunStart')[0]!.run_id])
  })

  // test_hooks_do_not_need_to_subscribe_to_all_events
  it('need not take all events', async () => {
    const seen: string[] = []
    withHooks({ onTaskStart: ({ spec }) => void seen.push(spec.task) })
    await run(aTask())
    expect(seen).toEqual(['arithmetic'])
  })

  // test_init_hooks_can_be_called_multiple_times
  it('are called once an event, however many runs there were before', async () => {
    await run(aTask())
    const { events } = await run(aTask())
    expect(counts(events)).toEqual(ofOneSample)
  })

  // test_get_all_hooks_cache.py
  it('get what comes after they were registered, also in the middle of a run', async () => {
    const seen: string[] = []
    withHooks({
      onTaskStart() {
        class Late extends Hooks {
          override onSampleEnd(): void {
            seen.push('late')
          }
        }
        hooks('late', 'Registered in a run')(Late)
      },
    })
    await run(aTask())
    class Nothing extends Hooks {}
    hooks('late', 'Of no test')(Nothing)
    expect(seen).toEqual(['late'])
  })

  // test_hooks_on_multiple_tasks
  it('tell of each of two tasks in one run', async () => {
    const { events } = await run([aTask({ name: 'one' }), aTask({ name: 'two' })])
    expect(dataOf(events, 'onRunStart').map(({ task_names: names }) => names)).toEqual([['one', 'two']])
    expect(counts(events, ['onRunStart', 'onRunEnd', 'onTaskStart', 'onTaskEnd', ...sampleHooks])).toEqual({
      onRunStart: 1,
      onRunEnd: 1,
      onTaskStart: 2,
      onTaskEnd: 2,
      ...Object.fromEntries(sampleHooks.map((name) => [name, 2])),
    })
  })

  // test_hooks_with_multiple_samples, test_hooks_with_multiple_epochs
  it.each([
    ['sample', aTask({ dataset: questions }), 2],
    ['epoch', aTask({ epochs: 3 }), 3],
  ])('tell of each %s, which has a uuid of its own', async (_what, task, count) => {
    const { events } = await run(task)
    expect(counts(events, ['onTaskStart', 'onTaskEnd', ...sampleHooks])).toEqual({
      onTaskStart: 1,
      onTaskEnd: 1,
      ...Object.fromEntries(sampleHooks.map((name) => [name, count])),
    })
    for (const name of sampleHooks) {
      expect(new Set(dataOf(events, name).map(({ sample_id: uuid }) => uuid)).size).toBe(count)
    }
  })

  // test_task_start_carries_plan_including_setup_steps
  it('get the plan of a task with its setup in front', async () => {
    const setup = function prepare<T>(state: T): T {
      return state
    }
    const { events } = await run(aTask({ setup }))
    expect(dataOf(events, 'onTaskStart')[0]!.plan?.steps.map(({ solver }) => solver)).toEqual(['prepare', 'generate'])
  })

  // test_hooks_with_error_passes_exception_to_run_end
  it('get the error of a run that could not begin, as the only event of it', async () => {
    const { sequence, events, thrown } = await run(aTask({ model: 'nothing/there' }))
    expect(thrown).toMatchObject({ code: 'MISSING_PACKAGE' })
    expect(sequence).toEqual(['RunEnd'])
    expect(dataOf(events, 'onRunEnd')[0]).toMatchObject({
      exception: { type: 'EvalspanError', message: expect.stringContaining('npm install @ai-sdk/nothing') },
      logs: [],
    })
  })
})

describe('attempts at a sample', () => {
  const attempts = (events: readonly HookEvent[]): unknown[] =>
    dataOf(events, 'onSampleAttemptEnd').map(({ attempt, error, will_retry: retry }) => [
      attempt,
      error?.message,
      retry,
    ])

  const flaky = (times: number, retryOnError: number) => aTask({ retryOnError, solver: failing(times) })

  // test_attempt_hooks_with_retries_then_success, test_hooks_with_sample_retries,
  // test_hooks_sample_uuid_stable_across_multiple_retries
  it('are numbered, and have one uuid, until one succeeds', async () => {
    const { events } = await run(flaky(4, 4))
    expect(attempts(events)).toEqual([
      [1, "Error('boom')", true],
      [2, "Error('boom')", true],
      [3, "Error('boom')", true],
      [4, "Error('boom')", true],
      [5, undefined, false],
    ])
    expect(dataOf(events, 'onSampleAttemptStart').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
    expect(counts(events, ['onSampleInit', 'onSampleStart', 'onSampleEnd'])).toEqual({
      onSampleInit: 1,
      onSampleStart: 1,
      onSampleEnd: 1,
    })
    const uuids = [...sampleHooks, 'onSampleEvent' as const].flatMap((name) => dataOf(events, name))
    expect(new Set(uuids.map(({ sample_id: uuid }) => uuid)).size).toBe(1)
  })

  // test_attempt_hooks_retries_exhausted, test_hooks_sample_uuid_stable_on_retry_then_fail
  it('end with one that fails for good', async () => {
    const { events, samples } = await run(flaky(9, 2))
    expect(attempts(events)).toEqual([
      [1, "Error('boom')", true],
      [2, "Error('boom')", true],
      [3, "Error('boom')", false],
    ])
    expect(samples[0]!.error_retries?.map(({ message }) => message)).toEqual(["Error('boom')", "Error('boom')"])
  })

  // test_hooks_with_error_and_no_retries
  it('are a single one where none is to be retried', async () => {
    const { events } = await run(flaky(9, 0))
    expect(attempts(events)).toEqual([[1, "Error('boom')", false]])
  })

  // test_hooks_sample_uuid_stable_multiple_samples_with_retries
  it('belong to their own sample, where several are retried', async () => {
    const seen = new Map<string, number>()
    const solver = (state: TaskState): TaskState => {
      seen.set(state.uuid, (seen.get(state.uuid) ?? 0) + 1)
      if (seen.get(state.uuid) === 1) throw new Error('boom')
      return state
    }
    const { events } = await run(aTask({ dataset: questions, retryOnError: 1, solver, model: mockModel() }))
    const keys = (name: 'onSampleAttemptStart' | 'onSampleAttemptEnd'): string[] =>
      dataOf(events, name)
        .map(({ sample_id: uuid, attempt }) => `${uuid} ${attempt}`)
        .toSorted()
    expect(keys('onSampleAttemptStart')).toHaveLength(4)
    expect(keys('onSampleAttemptEnd')).toEqual(keys('onSampleAttemptStart'))
    const inits = dataOf(events, 'onSampleInit').map(({ sample_id: uuid }) => uuid)
    expect(
      dataOf(events, 'onSampleEnd')
        .map(({ sample_id: uuid }) => uuid)
        .toSorted(),
    ).toEqual(inits.toSorted())
  })

  // test_no_attempt_end_without_attempt_start is in limit-in-hook.test.ts
})
