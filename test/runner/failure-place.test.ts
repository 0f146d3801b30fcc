import { describe, expect, it } from 'vitest'
import { match, metric, scorer, type EvaluateOptions, type TaskOptions } from '../../src/index.ts'
import { aTask, question, run } from './run.ts'

function boom(): never {
  throw new Error('boom')
}

const bad = scorer('careful', { metrics: [] }, boom)

/** The message of the task's error, what names its place in the traceback, and what the user is told. */
async function told(options: Partial<TaskOptions>, of: EvaluateOptions = {}): Promise<unknown> {
  const { logs, reports } = await run(aTask({ solver: (state) => state, ...options }), of)
  const { message, traceback } = logs[0]!.error ?? {}
  return { message, place: traceback?.split('\n').at(-1), reports }
}

describe('an error says in which part of the task it was thrown, but for its message, which is as in Inspect', () => {
  it('of a scorer', async () => {
    expect(await told({ scorer: [match(), bad] })).toEqual({
      message: "Error('boom')",
      place: 'in scorer careful of sample 1',
      reports: ['task arithmetic: scorer careful of sample 1 failed: boom'],
    })
  })

  it('of a scorer, for each sample once', async () => {
    const dataset = [question, { ...question, id: 'two' }]
    expect(await told({ scorer: bad, dataset, failOnError: false, retryOnError: 2 })).toEqual({
      reports: [
        'task arithmetic: scorer careful of sample 1 failed: boom',
        'task arithmetic: scorer careful of sample two failed: boom',
      ],
    })
  })

  it('of a metric', async () => {
    expect(await told({ metrics: [metric('share', {}, boom)] })).toEqual({
      message: "Error('boom')",
      place: 'in metric share',
      reports: ['task arithmetic: metric share failed: boom'],
    })
  })

  it('not of a scorer that the end of the run cut off', async () => {
    const controller = new AbortController()
    const cut = scorer('cut', { metrics: [] }, async (state) => {
      controller.abort()
      state.signal.throwIfAborted()
      return undefined
    })
    expect(await told({ scorer: cut }, { signal: controller.signal })).toEqual({ reports: [] })
  })
})
