import { setTimeout as sleep } from 'node:timers/promises'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { describe, expect, it } from 'vitest'
import { getModel, mockModel, modelError, type CallFailure, type ModelApi, type MockOutput } from '../../src/index.ts'
import { textOf } from '../../src/runner/sample/task-state.ts'
import { retryWaitMs } from '../../src/runner/model/retry-wait.ts'
import { rateLimit, say, startOpenAiServer } from './openai-server.ts'
import { takeFired } from './recorder.ts'
import { aTask, dataOf, run, withHooks } from './run.ts'
import { quickModel } from './scenarios.ts'

const failure: CallFailure = { type: 'APICallError', message: '', retryable: true, authentication: false }

describe('the wait before another attempt', () => {
  it('doubles from 3 seconds to half an hour, with up to 3 seconds by chance', () => {
    const waits = (random: number): number[] =>
      Array.from({ length: 12 }, (_, index) => retryWaitMs(index + 1, failure, () => random) / 1000)
    expect(waits(0)).toEqual([3, 6, 12, 24, 48, 96, 192, 384, 768, 1536, 1800, 1800])
    expect(waits(0.5)[0]).toBe(4.5)
    const byChance = Array.from({ length: 100 }, () => retryWaitMs(1, failure))
    expect(Math.min(...byChance)).toBeGreaterThanOrEqual(3000)
    expect(Math.max(...byChance)).toBeLessThan(6000)
    expect(new Set(byChance).size).toBeGreaterThan(90)
  })

  it('is never shorter than the server asks for, nor than the back-off', () => {
    expect(retryWaitMs(1, { ...failure, retryAfterMs: 60_000 }, () => 0)).toBe(60_000)
    expect(retryWaitMs(5, { ...failure, retryAfterMs: 1_000 }, () => 0)).toBe(48_000)
  })

  it('is that of Retry-After where a server of OpenAI’s kind sends it', async () => {
    await using server = await startOpenAiServer([rateLimit({ 'retry-after': '7' }), say('4')])
    const model = createOpenAICompatible({ name: 'lab', baseURL: server.url }).chatModel('small')
    const seen = await run(aTask({ model, timeLimit: 0.3 }))
    expect(dataOf(seen.events, 'onModelRetry')).toMatchObject([
      { attempt: 1, wait_time: 7, status_code: 429, model_name: 'small' },
    ])
    expect([seen.samples[0]!.limit?.type, server.requests.length]).toEqual(['time', 1])
  })
})

describe('a call that fails', () => {
  it('is told of before its wait, with all that is known of it', async () => {
    const times: number[] = []
    withHooks({ onModelRetry: () => void times.push(performance.now()) })
    const model = { ...quickModel([modelError(503, 'overloaded'), '4']), retryWaitMs: () => 100 }
    const { events, samples } = await run(aTask({ model }))
    const calls = dataOf(events, 'onBeforeModelGenerate')
    expect(calls).toHaveLength(2)
    expect(performance.now() - times[0]!).toBeGreaterThanOrEqual(100)
    const [start] = dataOf(events, 'onSampleStart')
    expect(dataOf(events, 'onModelRetry')).toEqual([
      {
        model_name: 'model',
        attempt: 1,
        wait_time: 0.1,
        eval_set_id: null,
        run_id: start!.run_id,
        eval_id: start!.eval_id,
        sample_id: start!.sample_id,
        task_name: 'arithmetic',
        exception_type: 'APICallError',
        status_code: 503,
      },
    ])
    const [failed, succeeded] = samples[0]!.events.flatMap((event) => (event.event === 'model' ? [event] : []))
    expect([failed!.error, failed!.completed, failed!.working_time]).toEqual([
      "APICallError('overloaded')",
      undefined,
      undefined,
    ])
    // As in Inspect the one that succeeds begins with the whole call.
    expect([succeeded!.error, succeeded!.timestamp < failed!.timestamp]).toEqual([undefined, true])
  })

  // test_model_retry_hook, test_model_retry_hook_carries_cause of Inspect
  it('is told of without ids where it belongs to no sample', async () => {
    const model = await getModel(quickModel([modelError(429), '4']))
    takeFired()
    expect((await model.generate('2+2?')).completion).toBe('4')
    const events = takeFired()
    const none = { eval_set_id: null, run_id: null, eval_id: null, task_name: null }
    expect(events.map(({ hook }) => hook)).toEqual([
      'onBeforeModelGenerate',
      'onModelRetry',
      'onBeforeModelGenerate',
      'onModelUsage',
    ])
    expect(events.map(({ data }) => data)).toMatchObject([
      { ...none, sample_id: null },
      { ...none, sample_id: null, attempt: 1, exception_type: 'APICallError', status_code: 429 },
      { ...none, sample_id: null },
      none,
    ])
  })

  it.each([0, 1, 3])('is made once more than maxRetries: %i', async (maxRetries) => {
    const { model, count } = failingModel(modelError(429))
    const { samples, sequence } = await run(aTask({ model, config: { maxRetries } }))
    expect(count()).toBe(maxRetries + 1)
    expect(sequence.filter((name) => name.startsWith('ModelRetry'))).toHaveLength(maxRetries)
    expect(samples[0]!.error?.message).toBe("APICallError('HTTP 429')")
  })

  it('is not made again once it has taken longer than its timeout', async () => {
    const { model, count } = failingModel(modelError(429), 300)
    const { samples } = await run(aTask({ model, config: { timeout: 1 } }))
    expect(count()).toBeGreaterThanOrEqual(3)
    expect(count()).toBeLessThanOrEqual(5)
    expect(samples[0]!.error?.message).toBe("APICallError('HTTP 429')")
  })

  it('is not made again for what waiting does not mend', async () => {
    const { model, count } = failingModel(modelError(400, 'no such field'))
    await run(aTask({ model }))
    expect(count()).toBe(1)
  })

  it('leaves its wait at once when its sample is over', async () => {
    const model: ModelApi = { ...quickModel([modelError(429)]), retryWaitMs: () => 60_000 }
    const start = performance.now()
    const limited = await run(aTask({ model, timeLimit: 0.05 }))
    const cancelled = await run(aTask({ model }), { signal: AbortSignal.timeout(50) })
    expect(performance.now() - start).toBeLessThan(3000)
    expect(limited.samples[0]!.limit?.type).toBe('time')
    expect(cancelled.logs[0]!.status).toBe('cancelled')
  })

  it('keeps its connection while it waits, as in Inspect', async () => {
    const order: string[] = []
    const model: ModelApi = {
      ...mockModel(async (input) => {
        const text = textOf(input[0])
        order.push(text)
        await sleep(1)
        return text === 'first' && order.length === 1 ? modelError(429) : '4'
      }),
      retryWaitMs: () => 30,
    }
    const dataset = ['first', 'second'].map((input) => ({ input, target: '4' }))
    await run(aTask({ model, dataset }), { maxConnections: 1, maxSamples: 2 })
    expect(order).toEqual(['first', 'first', 'second'])
  })
})

function failingModel(error: Error, delayMs = 0): { model: ModelApi; count: () => number } {
  let calls = 0
  const outputs = (): MockOutput => {
    calls += 1
    return error
  }
  return { model: { ...mockModel(outputs, { delayMs }), retryWaitMs: () => 1 }, count: () => calls }
}
