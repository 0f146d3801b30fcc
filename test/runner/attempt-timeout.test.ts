import { expect, it } from 'vitest'
import { modelOutput, type ModelApi, type ModelEvent } from '../../src/index.ts'
import { aTask, dataOf, run } from './run.ts'
import { quickModel } from './scenarios.ts'

it('an attempt at a call that takes too long is given up, told, and tried again', async () => {
  const reasons: unknown[] = []
  let calls = 0
  const model: ModelApi = {
    ...quickModel(),
    async generate({ abortSignal }) {
      calls += 1
      if (calls > 1) return modelOutput.text('4')
      // Does not listen.
      abortSignal.addEventListener('abort', () => reasons.push((abortSignal.reason as Error).name))
      return await new Promise(() => {})
    },
    failure: () => ({ type: 'Other', message: '', retryable: false, authentication: true }),
  }
  const { events, samples, logs } = await run(aTask({ model, config: { attemptTimeout: 1 } }))
  expect(dataOf(events, 'onModelRetry')).toMatchObject([
    { attempt: 1, exception_type: 'AttemptTimeoutError', status_code: null, wait_time: 0.001 },
  ])
  const attempts = samples[0]!.events.filter((event): event is ModelEvent => event.event === 'model')
  expect([logs[0]!.status, reasons, attempts.map(({ error }) => error)]).toEqual([
    'success',
    ['AttemptTimeoutError'],
    [`AttemptTimeoutError("attempt_timeout '1' exceeded.")`, undefined],
  ])
})

it('attempts that take too long end a call when there are to be no more', async () => {
  const model = quickModel(['late'], 5000)
  const config = { attemptTimeout: 1, maxRetries: 1 }
  const { samples, sequence } = await run(aTask({ model, config }))
  expect(samples[0]!.error?.message).toContain('AttemptTimeoutError')
  expect(sequence.filter((name) => name.startsWith('ModelRetry'))).toEqual(['ModelRetry 1'])
})
