import { describe, expect, it } from 'vitest'
import { scorer, type TaskOptions } from '../../../src/index.ts'
import { aTask, question, run } from '../run.ts'
import { failing, quickModel } from '../scenarios.ts'
import { summary, told } from './told.ts'

// The catalogue of inspect-hooks.md, section 9. Ours is balanced where Inspect's is not: TaskEnd, and SampleEnd of what was
// cancelled, always come, and RunEnd has the logs of cancelled tasks.

const flaky = (times: number): Partial<TaskOptions> => ({ solver: failing(times) })

describe('hooks of', () => {
  it('a success', async () => {
    expect(await told({})).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
  })

  it('a sample that is retried twice, then succeeds', async () => {
    expect(await told({ ...flaky(2), retryOnError: 2 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error retry SampleAttemptStart 2 SampleScoring SampleAttemptEnd 2 error retry SampleAttemptStart 3 SampleScoring SampleAttemptEnd 3 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 2 retries",
        ],
      }
    `)
  })

  it('a sample whose retries are used up', async () => {
    expect(await told({ ...flaky(9), retryOnError: 1, failOnError: false })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error retry SampleAttemptStart 2 SampleScoring SampleAttemptEnd 2 error SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "Error('boom'), 0 scores, 1 retries",
        ],
      }
    `)
  })

  it('an error that fails the task: what runs beside it is cancelled, what waits is not begun; the task has an end', async () => {
    const dataset = [question, { ...question, id: 'bad' }, { ...question, id: 3 }]
    const options: Partial<TaskOptions> = {
      dataset,
      model: quickModel(['4'], 1000),
      solver: (state, call) => {
        if (state.sampleId === 'bad') throw new Error('bad')
        return call(state)
      },
    }
    expect(await told(options, { maxSamples: 2 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleInit SampleStart SampleStart SampleAttemptStart 1 SampleAttemptStart 1 BeforeModelGenerate SampleScoring SampleAttemptEnd 1 error SampleEnd SampleScoring SampleAttemptEnd 1 error SampleEnd TaskEnd RunEnd",
        "logs": [
          "error, Error('bad'), no exception",
        ],
        "samples": [
          "Error('bad'), 0 scores, 0 retries",
          "CancelledError(), 0 scores, 0 retries",
        ],
      }
    `)
  })

  it('an error that does not fail the task', async () => {
    expect(await told({ ...flaky(9), failOnError: false })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "Error('boom'), 0 scores, 0 retries",
        ],
      }
    `)
  })

  it('an error that fails the task when all samples are through', async () => {
    const options = { ...flaky(1), continueOnFail: true, dataset: [question, { ...question, id: 2 }] }
    expect(await told(options, { maxSamples: 1 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error SampleEnd SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "error, no error, no exception",
        ],
        "samples": [
          "Error('boom'), 0 scores, 0 retries",
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
  })

  it('a sample that is scored in spite of its error', async () => {
    expect(await told({ ...flaky(9), failOnError: false, scoreOnError: true })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "Error('boom'), 1 scores, 0 retries",
        ],
      }
    `)
  })

  it('a scorer that throws, with a retry', async () => {
    let left = 1
    const bad = scorer('bad', { metrics: [] }, async () => {
      if (left-- > 0) throw new Error('no score')
      return { value: 1 }
    })
    expect(await told({ scorer: bad, retryOnError: 1 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 error retry SampleAttemptStart 2 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 2 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 1 retries",
        ],
      }
    `)
  })

  it('a sandbox that cannot be made', async () => {
    expect(await told({ sandbox: { init: thrower(9) } })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleEnd TaskEnd RunEnd",
        "logs": [
          "error, Error('no sandbox'), no exception",
        ],
        "samples": [
          "Error('no sandbox'), 0 scores, 0 retries",
        ],
      }
    `)
  })

  it('a sandbox that can be made the second time: there is no SampleStart, and no first attempt', async () => {
    expect(await told({ sandbox: { init: thrower(1) }, retryOnError: 1 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleAttemptStart 2 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 2 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 1 retries",
        ],
      }
    `)
  })

  it('two epochs', async () => {
    expect(await told({ epochs: 2 }, { maxSamples: 1 })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
  })

  it('a task without scorers', async () => {
    const seen = await run(aTask({ scorer: [] }))
    expect(summary(seen)).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 0 scores, 0 retries",
        ],
      }
    `)
    const spans = seen.samples[0]!.events.flatMap((event) => (event.event === 'span_begin' ? [event.name] : []))
    expect(spans).toEqual(['init', 'solvers', 'generate', 'scorers'])
  })

  it('a run that logs no samples: the same as of one that does', async () => {
    expect(await told({}, { logSamples: false })).toEqual(await told({}))
  })
})

function thrower(times: number): () => void {
  let left = times
  return () => {
    if (left-- > 0) throw new Error('no sandbox')
  }
}
