import { describe, expect, it } from 'vitest'
import {
  evalRetry,
  generate,
  getModel,
  modelError,
  modelOutput,
  scorer,
  useTools,
  type TaskOptions,
} from '../../../src/index.ts'
import { temporaryCache } from '../in-cache.ts'
import { sequence, takeFired } from '../recorder.ts'
import { aTask, dataOf, question, run } from '../run.ts'
import { quickModel } from '../scenarios.ts'
import { summary, told } from './told.ts'

// More of the catalogue of inspect-hooks.md, section 9. Ours is balanced where Inspect's is not: TaskEnd, and SampleEnd of what was
// cancelled, always come, and RunEnd has the logs of cancelled tasks.

describe('hooks of', () => {
  it('an answer of the cache, whose event comes three times', async () => {
    temporaryCache()
    const options: Partial<TaskOptions> = { model: quickModel(), solver: generate({ cache: true }) }
    await run(aTask(options))
    const seen = await run(aTask(options))
    expect(summary(seen)).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelCacheUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
    expect(dataOf(seen.events, 'onSampleEvent').filter(({ event }) => event.event === 'model')).toHaveLength(3)
    expect(dataOf(seen.events, 'onBeforeModelGenerate')[0]).toMatchObject({ cache: 'write' })
  })

  it('calls that are retried: the events of failed attempts come once, that of the last one twice', async () => {
    const seen = await run(aTask({ model: quickModel([modelError(429), modelError(503), '4']) }))
    expect(summary(seen)).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelRetry 1 BeforeModelGenerate ModelRetry 2 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
    const errors = dataOf(seen.events, 'onSampleEvent').flatMap(({ event }) =>
      event.event === 'model' ? [event.error ?? 'none'] : [],
    )
    expect(errors).toEqual(["APICallError('HTTP 429')", "APICallError('HTTP 503')", 'none', 'none'])
    expect(dataOf(seen.events, 'onModelUsage')[0]).toMatchObject({ retries: 0 })
  })

  it('a scorer that asks a model in a role', async () => {
    const asking = scorer('asking', { metrics: [] }, async () => {
      const grader = await getModel(undefined, { role: 'grader' })
      return { value: (await grader.generate('Is it right?')).completion ?? '' }
    })
    const grader = { ...quickModel(['yes']), model: 'grader' }
    const seen = await run(aTask({ scorer: asking, modelRoles: { grader } }))
    expect(summary(seen)).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring BeforeModelGenerate ModelUsage SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
    expect(dataOf(seen.events, 'onModelUsage').map(({ model_name: name }) => name)).toEqual([
      'mockllm/model',
      'mockllm/grader',
    ])
  })

  it('tool calls', async () => {
    const add = { description: 'Adds', inputSchema: { type: 'object', properties: {} }, execute: async () => '4' }
    const model = quickModel([modelOutput.toolCall('add'), '4'])
    expect(await told({ solver: [useTools({ add }), generate()], model })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd",
        "logs": [
          "success, no error, no exception",
        ],
        "samples": [
          "complete, 1 scores, 0 retries",
        ],
      }
    `)
  })

  it('a run that is cancelled: all ends come, and the end of the run has the log', async () => {
    const options = { model: quickModel(['late'], 5000) }
    expect(await told(options, { signal: AbortSignal.timeout(500) })).toMatchInlineSnapshot(`
      {
        "hooks": "RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate SampleScoring SampleAttemptEnd 1 error SampleEnd TaskEnd RunEnd",
        "logs": [
          "cancelled, no error, no exception",
        ],
        "samples": [
          "CancelledError(), 0 scores, 0 retries",
        ],
      }
    `)
  })

  it('a run that is cancelled before it begins: its two ends, and no task', async () => {
    const seen = await run(aTask(), { signal: AbortSignal.abort() })
    expect([seen.sequence, seen.logs, seen.thrown]).toEqual([['RunStart', 'RunEnd'], [], undefined])
  })

  it('a run that is cancelled while a sample waits for its retry: the sample has its end', async () => {
    const controller = new AbortController()
    const options: Partial<TaskOptions> = {
      retryOnError: 1,
      dataset: [question, { ...question, id: 'slow' }],
      model: quickModel(['late'], 5000),
      solver: (state, call) => {
        if (state.sampleId === 'slow') {
          setTimeout(() => controller.abort(), 20)
          return call(state)
        }
        throw new Error('boom')
      },
    }
    const { events, logs, samples } = await run(aTask(options), { signal: controller.signal, maxSamples: 1 })
    const [first] = dataOf(events, 'onSampleInit')
    const own = events.filter(({ data }) => 'sample_id' in data && data.sample_id === first!.sample_id)
    expect(sequence(own).join(' ')).toMatchInlineSnapshot(
      `"SampleInit SampleStart SampleAttemptStart 1 SampleScoring SampleAttemptEnd 1 error retry SampleEnd"`,
    )
    expect([logs[0]!.status, ...samples.map(({ id, error }) => `${id}: ${error?.message}`).toSorted()]).toEqual([
      'cancelled',
      '1: CancelledError()',
      'slow: CancelledError()',
    ])
    expect(samples.find(({ id }) => id === 1)!.error_retries).toMatchObject([{ message: "Error('boom')" }])
  })

  it('an eval set that is complete: its two ends, and no run', async () => {
    const { logDir } = await run(aTask(), { set: true })
    expect((await run(aTask(), { set: true, logDir })).sequence).toEqual(['EvalSetStart', 'EvalSetEnd'])
  })

  it('an eval set that cannot be run: its end comes as well', async () => {
    const seen = await run([aTask({ name: 'twice' }), aTask({ name: 'twice' })], { set: true })
    expect(seen.thrown).toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining('twice') })
    expect(seen.sequence).toEqual(['EvalSetStart', 'EvalSetEnd'])
  })

  it('a retry of a log: none for the samples that it takes over', async () => {
    const dataset = [question, { ...question, id: 'bad' }]
    let isFixed = false
    const options: Partial<TaskOptions> = {
      dataset,
      failOnError: false,
      solver: (state, call) => {
        if (state.sampleId === 'bad' && !isFixed) throw new Error('bad')
        return call(state)
      },
    }
    const first = await run(aTask(options))
    isFixed = true
    takeFired()
    const [log] = await evalRetry(
      first.logs[0]!.location,
      aTask(options),
      { logDir: first.logDir },
      { banner: () => {} },
    )
    const events = takeFired()
    expect(sequence(events).join(' ')).toMatchInlineSnapshot(
      `"RunStart TaskStart SampleInit SampleStart SampleAttemptStart 1 BeforeModelGenerate ModelUsage SampleScoring SampleAttemptEnd 1 SampleEnd TaskEnd RunEnd"`,
    )
    expect(log).toMatchObject({ status: 'success', results: { total_samples: 2, completed_samples: 2 } })
    expect(log!.eval.task_id).toBe(first.logs[0]!.eval.task_id)
  })
})
