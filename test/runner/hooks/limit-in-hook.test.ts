import { describe, expect, it } from 'vitest'
import { LimitExceededError, modelError, type HookName } from '../../../src/index.ts'
import { messageOf } from '../../../src/errors.ts'
import { temporaryCache } from '../in-cache.ts'
import { aTask, run, withHooks, type Seen } from '../run.ts'
import { failing, quickModel } from '../scenarios.ts'

/** What a hook that ends things with a limit in that method comes to. */
async function limitedIn(name: HookName, options: Parameters<typeof run>[1] = {}, task = aTask()): Promise<unknown> {
  withHooks({
    [name]() {
      throw new LimitExceededError('custom', { message: 'enough', limit: 3 })
    },
  })
  return outcome(await run(task, options))
}

function outcome({ logs, samples, sequence, thrown, reports }: Seen): unknown {
  expect(reports).toEqual([])
  return {
    sequence: sequence.join(' '),
    task: logs.map(({ status, error }) => `${status}${error ? `: ${error.message}` : ''}`).join(),
    sample: samples
      .map(({ limit, error, events, scores = {} }) => {
        const ended = error ? error.message : limit ? `limit ${limit.type} ${limit.limit}` : 'complete'
        const calls = events.filter(({ event }) => event === 'model').length
        return `${ended}, ${calls} calls, ${Object.keys(scores).length} scores`
      })
      .join(),
    ...(thrown === undefined ? {} : { thrown: messageOf(thrown) }),
  }
}

// The table of inspect-hooks.md, section 2. Where Inspect leaves out an end ours comes: TaskEnd, AttemptEnd, SampleEnd,
// EvalSetEnd always, RunEnd once.
describe('a limit that a hook raises', () => {
  it('at the start of a run ends it, and reaches the caller', async () => {
    expect(await limitedIn('onRunStart')).toMatchInlineSnapshot(`
      {
        "sample": "",
        "sequence": "RunStart RunEnd",
        "task": "",
        "thrown": "enough",
      }
    `)
  })

  it('at the start of a task fails it, and its end comes all the same', async () => {
    expect(await limitedIn('onTaskStart')).toMatchInlineSnapshot(`
      {
        "sample": "",
        "sequence": "RunStart TaskStart TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the init of a sample is an error of that', async () => {
    expect(await limitedIn('onSampleInit')).toMatchInlineSnapshot(`
      {
        "sample": "enough, 0 calls, 0 scores",
        "sequence": "RunStart TaskStart SampleInit SampleEnd TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the start of a sample limits it before any attempt (test_no_attempt_end_without_attempt_start)', async () => {
    expect(await limitedIn('onSampleStart')).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 0 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleScoring SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('at the start of an attempt limits the sample, and its end comes all the same', async () => {
    expect(await limitedIn('onSampleAttemptStart')).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 0 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('before a model is called limits the sample, and leaves no event of the call', async () => {
    expect(await limitedIn('onBeforeModelGenerate')).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 0 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('on the usage of a model limits the sample after the call', async () => {
    expect(await limitedIn('onModelUsage')).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('on a retry of a call limits the sample instead of the wait', async () => {
    const task = aTask({ model: quickModel([modelError(429), '4']) })
    expect(await limitedIn('onModelRetry', {}, task)).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelRetry 1 SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('on an answer of the cache limits the sample', async () => {
    temporaryCache()
    const task = aTask({ solver: (state, generate) => generate(state, { cache: true }) })
    await run(task)
    expect(await limitedIn('onModelCacheUsage', {}, task)).toMatchInlineSnapshot(`
      {
        "sample": "limit custom 3, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelCacheUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('on an event of a sample limits nothing', async () => {
    expect(await limitedIn('onSampleEvent')).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "success",
      }
    `)
  })

  it('when scoring begins is an error of the sample, which is not scored', async () => {
    expect(await limitedIn('onSampleScoring')).toMatchInlineSnapshot(`
      {
        "sample": "enough, 1 calls, 0 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 error SampleEnd TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the end of an attempt fails the task, and the end of the sample comes all the same', async () => {
    expect(await limitedIn('onSampleAttemptEnd')).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the end of an attempt that is to be retried fails the task instead, with the end of the sample', async () => {
    const task = aTask({ retryOnError: 3, solver: failing(1) })
    expect(await limitedIn('onSampleAttemptEnd', {}, task)).toMatchInlineSnapshot(`
      {
        "sample": "CancelledError(), 0 calls, 0 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error retry SampleEnd TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the end of a sample fails the task', async () => {
    expect(await limitedIn('onSampleEnd')).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "error: enough",
      }
    `)
  })

  it('at the end of a task reaches the caller after the end of the run; the log of the task is as it was', async () => {
    expect(await limitedIn('onTaskEnd')).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "",
        "thrown": "enough",
      }
    `)
  })

  it('at the end of a run reaches the caller, and there is one such end', async () => {
    expect(await limitedIn('onRunEnd')).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "task": "",
        "thrown": "enough",
      }
    `)
    expect((await run(aTask())).thrown).toMatchObject({ name: 'LimitExceededError' })
  })

  it('at the start of an eval set reaches the caller, and its end comes all the same', async () => {
    expect(await limitedIn('onEvalSetStart', { set: true })).toMatchInlineSnapshot(`
      {
        "sample": "",
        "sequence": "EvalSetStart EvalSetEnd",
        "task": "",
        "thrown": "enough",
      }
    `)
  })

  it('at the end of an eval set reaches the caller', async () => {
    expect(await limitedIn('onEvalSetEnd', { set: true })).toMatchInlineSnapshot(`
      {
        "sample": "complete, 1 calls, 1 scores",
        "sequence": "EvalSetStart RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd EvalSetEnd",
        "task": "",
        "thrown": "enough",
      }
    `)
  })
})

it('a limit of one hook keeps the event from the hooks after it, which get all others', async () => {
  const seen: string[] = []
  withHooks({
    onSampleStart() {
      throw new LimitExceededError('custom')
    },
  })
  withHooks({ onSampleStart: () => void seen.push('start'), onSampleEnd: () => void seen.push('end') })
  await run(aTask())
  expect(seen).toEqual(['end'])
})
