import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  generate,
  info,
  LimitExceededError,
  modelError,
  modelOutput,
  scorer,
  useTools,
  type EvalSample,
  type EvaluateOptions,
  type ModelOutput,
  type Solver,
  type TaskOptions,
} from '../../src/index.ts'
import { aTask, question, run } from './run.ts'
import { quickModel } from './scenarios.ts'

/** An answer with so many tokens. */
function costing(tokens: number): ModelOutput {
  const usage = { input_tokens: tokens - 1, output_tokens: 1, total_tokens: tokens }
  return modelOutput.text('4', { usage })
}

async function limited(options: Partial<TaskOptions>, ofRun: EvaluateOptions = {}): Promise<EvalSample> {
  const { samples, logs } = await run(aTask(options), ofRun)
  expect(logs[0]!.status).toBe('success')
  return samples[0]!
}

/** What the sample says of its limit, and its event. */
function told({ limit, error, scores, events }: EvalSample): unknown {
  const event = events.find((each) => each.event === 'sample_limit')
  return [limit, event && [event.type, event.limit, event.message], error?.message, Object.keys(scores ?? {})]
}

const twice: Solver = async (state, call) => call(await call(state))

describe('a sample is ended, and scored, when it exceeds its limit', () => {
  it('of tokens, of all calls together', async () => {
    const sample = await limited({ tokenLimit: 1500, solver: twice, model: quickModel([costing(1000)]) })
    const message = 'Token limit exceeded. value: 2,000; limit: 1,500'
    expect(told(sample)).toEqual([
      { type: 'token', limit: 1500, reason: message },
      ['token', 1500, message],
      undefined,
      ['match'],
    ])
    expect(sample.model_usage!['mockllm/model']!.total_tokens).toBe(2000)
  })

  it('of tokens, where the last call is recorded and has no usage of its own', async () => {
    const { sequence, samples } = await run(aTask({ tokenLimit: 1 }))
    expect(sequence).not.toContain('ModelUsage')
    const [event] = samples[0]!.events.flatMap((each) => (each.event === 'model' ? [each] : []))
    expect([event!.output?.completion, event!.pending, event!.completed]).toEqual(['4', undefined, undefined])
  })

  it('of cost, where prices are known', async () => {
    const modelCosts = { 'mockllm/model': { input: 30_000, output: 30_000 } }
    const sample = await limited({ costLimit: 0.5, solver: twice, model: quickModel([costing(10)]) }, { modelCosts })
    const message = 'Cost limit exceeded. value: $0.6000; limit: $0.5000'
    expect(told(sample)).toEqual([
      { type: 'cost', limit: 0.5, reason: message },
      ['cost', 0.5, message],
      undefined,
      ['match'],
    ])
  })

  it('of turns', async () => {
    const sample = await limited({ turnLimit: 1, solver: twice })
    const message = 'Turn limit exceeded. value: 2; limit: 1'
    expect(told(sample)).toEqual([
      { type: 'turn', limit: 1, reason: message },
      ['turn', 1, message],
      undefined,
      ['match'],
    ])
  })

  it('of messages, before a call that would add one', async () => {
    const sample = await limited({ messageLimit: 2, solver: twice })
    const message = 'Message limit reached. count: 2; limit: 2'
    expect(told(sample)).toEqual([
      { type: 'message', limit: 2, reason: message },
      ['message', 2, message],
      undefined,
      ['match'],
    ])
    expect(sample.messages).toHaveLength(2)
  })

  it('of messages, when the answers of tools exceed it', async () => {
    const search = { description: 'Searches', inputSchema: { type: 'object' }, execute: async () => 'found' }
    const both = modelOutput.toolCall('search')
    const [choice] = both.choices
    const calls = [...choice!.message.tool_calls!, { ...choice!.message.tool_calls![0]!, id: 'other' }]
    const output = { ...both, choices: [{ ...choice!, message: { ...choice!.message, tool_calls: calls } }] }
    const sample = await limited({
      messageLimit: 3,
      solver: [useTools({ search }), generate()],
      model: quickModel([output]),
    })
    const message = 'Message limit exceeded. count: 4; limit: 3'
    expect(told(sample)).toEqual([
      { type: 'message', limit: 3, reason: message },
      ['message', 3, message],
      undefined,
      ['match'],
    ])
  })

  it('of time, in the middle of a call', async () => {
    const start = performance.now()
    const sample = await limited({ timeLimit: 0.1, model: quickModel(['late'], 5000) })
    expect(performance.now() - start).toBeLessThan(2000)
    const message = 'Time limit exceeded. limit: 0.1 seconds'
    expect(told(sample)).toEqual([
      { type: 'time', limit: 0.1, reason: message },
      ['time', 0.1, message],
      undefined,
      ['match'],
    ])
    expect(sample.total_time).toBeGreaterThanOrEqual(0.1)
  })

  it('of working time, in code that does not listen', async () => {
    let went = 0
    const deaf: Solver = async (state) => {
      await sleep(150)
      info('nobody hears this')
      went += 1
      return state
    }
    const sample = await limited({ workingLimit: 0.05, solver: [deaf, deaf] })
    const message = 'Working time limit exceeded. limit: 0.05 seconds'
    expect(told(sample)).toEqual([
      { type: 'working', limit: 0.05, reason: message },
      ['working', 0.05, message],
      undefined,
      ['match'],
    ])
    await sleep(300)
    expect(went).toBe(1)
    expect(sample.events.some(({ event }) => event === 'info')).toBe(false)
  })

  it('that it sets itself', async () => {
    const solver: Solver = () => {
      throw new LimitExceededError('custom', { message: 'five tries are enough', value: 6, limit: 5 })
    }
    expect((await limited({ solver })).limit).toEqual({ type: 'custom', limit: 5, reason: 'five tries are enough' })
  })

  it('of 0', async () => {
    expect((await limited({ tokenLimit: 0 })).limit).toMatchObject({ type: 'token', limit: 0 })
    expect((await limited({ messageLimit: 0 })).limit).toMatchObject({ type: 'message', limit: 0 })
  })
})

describe('a limit', () => {
  it('of a run goes before that of its task', async () => {
    const { samples, logs } = await run(aTask({ tokenLimit: 1 }), { tokenLimit: 1000 })
    expect(samples[0]!.limit).toBe(undefined)
    expect(logs[0]!.eval.config).toMatchObject({ token_limit: 1000 })
  })

  it('ends an agent that calls tools for ever, wherever it is', async () => {
    const aborted: string[] = []
    const wait = {
      description: 'Waits',
      inputSchema: { type: 'object' },
      execute: (_: unknown, { abortSignal }: { abortSignal?: AbortSignal }) =>
        sleep(20, 'waited', { signal: abortSignal }).catch((error: Error) => {
          aborted.push(error.name)
          throw error
        }),
    }
    const agent = { solver: [useTools({ wait }), generate()], model: quickModel([modelOutput.toolCall('wait')]) }
    const sample = await limited({ ...agent, timeLimit: 0.15 })
    expect(sample.limit).toEqual({ type: 'time', limit: 0.15, reason: 'Time limit exceeded. limit: 0.15 seconds' })
    expect(sample.messages.length).toBeGreaterThan(4)
    const calls = sample.events.flatMap((each) => (each.event === 'tool' ? [each] : []))
    expect(calls.at(-1)).toMatchObject({ pending: true, result: '' })
    expect(aborted).toEqual(['AbortError'])
    const begun = sample.events.flatMap((each) => (each.event === 'span_begin' ? [each.id] : []))
    const ended = sample.events.flatMap((each) => (each.event === 'span_end' ? [each.id] : []))
    expect(ended.toSorted()).toEqual(begun.toSorted())
  })

  it('is each attempt’s own', async () => {
    let attempts = 0
    const solver: Solver = async (state, call) => {
      attempts += 1
      const after = await call(state)
      if (attempts < 3) throw new Error('boom')
      return after
    }
    const sample = await limited({ retryOnError: 2, tokenLimit: 15, solver, model: quickModel([costing(10)]) })
    expect([attempts, sample.limit]).toEqual([3, undefined])
  })
})

describe('scorers', () => {
  const slow = (milliseconds: number) =>
    scorer('slow', { metrics: [] }, async () => {
      await sleep(milliseconds)
      return { value: 1 }
    })

  it('have half of the time limit; more is an error of the sample', async () => {
    const { samples } = await run(aTask({ timeLimit: 0.2, scorer: slow(1000), failOnError: false }))
    expect(samples[0]!.error?.message).toBe('Time limit exceeded. limit: 0.1 seconds')
    expect(samples[0]!.limit).toBe(undefined)
  })

  it('have it also where the solvers have used up theirs', async () => {
    const { samples } = await run(aTask({ timeLimit: 0.2, scorer: slow(50), model: quickModel(['late'], 5000) }))
    expect([samples[0]!.limit?.type, samples[0]!.scores?.['slow']?.value]).toEqual(['time', 1])
  })
})

describe('working time', () => {
  it('leaves out waits for a connection', async () => {
    const { samples } = await run(
      aTask({
        dataset: [1, 2, 3].map((id) => ({ ...question, id })),
        model: quickModel(['4'], 150),
        workingLimit: 0.4,
      }),
      { maxConnections: 1, maxSamples: 3 },
    )
    expect(samples.map(({ limit }) => limit)).toEqual([undefined, undefined, undefined])
    const last = samples.at(-1)!
    expect(last.total_time!).toBeGreaterThan(0.4)
    expect(last.working_time!).toBeLessThan(last.total_time! - 0.25)
  })

  it('leaves out the waits between two attempts at a call', async () => {
    const model = { ...quickModel([modelError(429), '4']), retryWaitMs: () => 500 }
    const { samples } = await run(aTask({ model, workingLimit: 0.4 }))
    expect(samples[0]!.limit).toBe(undefined)
    const [{ total_time: total, working_time: working }] = samples as [EvalSample]
    expect(total!).toBeGreaterThanOrEqual(0.5)
    expect(working!).toBeLessThan(total! - 0.45)
  })
})
