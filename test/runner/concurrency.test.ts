import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { getModel, mockModel, type ModelApi, type Solver } from '../../src/index.ts'
import { aTask, dataOf, question, run, withHooks } from './run.ts'

/** Counts how many are in it at once. */
class Gauge {
  most = 0
  #now = 0

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#now += 1
    this.most = Math.max(this.most, this.#now)
    try {
      return await work()
    } finally {
      this.#now -= 1
    }
  }
}

function measuredModel(
  gauge: Gauge,
  options: { readonly maxConnections?: number; readonly model?: string } = {},
): ModelApi {
  return mockModel(() => gauge.during(() => sleep(5, '4')), options)
}

const samples = (count: number) => Array.from({ length: count }, (_, index) => ({ ...question, id: index }))

describe('at once there are', () => {
  it.each([1, 3])('no more samples than maxSamples: %i', async (maxSamples) => {
    const gauge = new Gauge()
    const solver: Solver = (state) => gauge.during(() => sleep(5, state))
    await run(aTask({ dataset: samples(7), solver }), { maxSamples })
    expect(gauge.most).toBe(maxSamples)
  })

  it.each([1, 4])('no more calls of a model than maxConnections: %i', async (maxConnections) => {
    const gauge = new Gauge()
    await run(aTask({ dataset: samples(12), model: measuredModel(gauge) }), { maxConnections, maxSamples: 12 })
    expect(gauge.most).toBe(maxConnections)
  })

  it('no more calls of a model than it takes itself, and as many samples, when nobody says', async () => {
    const [calls, running] = [new Gauge(), new Gauge()]
    const solver: Solver = (state, generate) => running.during(() => generate(state))
    await run(aTask({ dataset: samples(9), model: measuredModel(calls, { maxConnections: 3 }), solver }))
    expect([calls.most, running.most]).toEqual([3, 3])
  })

  it('10 calls when the model does not say either', async () => {
    const gauge = new Gauge()
    await run(aTask({ dataset: samples(25), model: measuredModel(gauge) }), { maxSamples: 25 })
    expect(gauge.most).toBe(10)
  })

  it('no more calls of one model, also from several tasks and from solvers that get it themselves', async () => {
    const gauge = new Gauge()
    const model = measuredModel(gauge)
    const solver: Solver = async (state) => {
      state.output = await (await getModel(model)).generate('2+2?')
      return state
    }
    const tasks = [
      aTask({ name: 'one', dataset: samples(5), model }),
      aTask({ name: 'two', dataset: samples(5), model }),
      aTask({ name: 'three', dataset: samples(5), model, solver }),
    ]
    await run(tasks, { maxConnections: 2, maxTasks: 3, maxSamples: 5 })
    expect(gauge.most).toBe(2)
  })

  it.each([
    [1, 1],
    [2, 2],
    [undefined, 1],
  ])('no more tasks than maxTasks %s: %i', async (maxTasks, expected) => {
    const gauge = new Gauge()
    const solver: Solver = (state) => gauge.during(() => sleep(5, state))
    await run(
      ['one', 'two', 'three'].map((name) => aTask({ name, solver })),
      { maxTasks },
    )
    expect(gauge.most).toBe(expected)
  })

  it('as many tasks as models, when nobody says', async () => {
    const gauge = new Gauge()
    const solver: Solver = (state) => gauge.during(() => sleep(5, state))
    const models = ['a', 'b'].map((model) => measuredModel(gauge, { model }))
    await run(
      ['one', 'two'].map((name) => aTask({ name, model: undefined, solver })),
      { model: models },
    )
    expect(gauge.most).toBe(2)
  })
})

describe('the order', () => {
  it('of samples is that of the dataset, epoch by epoch, and of tasks that in which they are given', async () => {
    const tasks = ['one', 'two'].map((name) => aTask({ name, dataset: samples(2), epochs: 2 }))
    const { events } = await run(tasks, { maxSamples: 1 })
    expect(dataOf(events, 'onTaskStart').map(({ spec }) => spec.task)).toEqual(['one', 'two'])
    expect(dataOf(events, 'onSampleInit').map(({ summary: { id, epoch } }) => `${id}/${epoch}`)).toEqual([
      '0/1',
      '1/1',
      '0/2',
      '1/2',
      '0/1',
      '1/1',
      '0/2',
      '1/2',
    ])
  })

  it('puts a sample that is tried again behind those that wait', async () => {
    let failures = 2
    const solver: Solver = (state) => {
      if (state.sampleId === 0 && failures-- > 0) throw new Error('boom')
      return state
    }
    const { events } = await run(aTask({ dataset: samples(3), solver, retryOnError: 2 }), { maxSamples: 1 })
    const starts = dataOf(events, 'onSampleAttemptStart').map(({ summary, attempt }) => `${summary.id} ${attempt}`)
    expect(starts).toEqual(['0 1', '1 1', '2 1', '0 2', '0 3'])
  })

  it('lets the hooks of a sample’s end come before another one begins in its place', async () => {
    withHooks({ onSampleEnd: () => sleep(10) })
    const { sequence } = await run(aTask({ dataset: samples(2) }), { maxSamples: 1 })
    expect(sequence.filter((name) => /^Sample(Init|End)$/.test(name))).toEqual([
      'SampleInit',
      'SampleEnd',
      'SampleInit',
      'SampleEnd',
    ])
  })

  it('of logs is that of the tasks, whichever is done first', async () => {
    const tasks = [30, 1].map((milliseconds) =>
      aTask({ name: `task ${milliseconds}`, solver: (state) => sleep(milliseconds, state) }),
    )
    const { logs } = await run(tasks, { maxTasks: 2 })
    expect(logs.map(({ eval: spec }) => spec.task)).toEqual(['task 30', 'task 1'])
  })
})

it('a thousand samples make no warning of Node', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  const { logs } = await run(aTask({ dataset: samples(1000), solver: (state) => state, scorer: [] }))
  await sleep(5)
  process.off('warning', listen)
  expect([logs[0]!.status, warnings]).toEqual(['success', []])
})

it('many runs at once listen to the process as one does, and no longer than they last', async () => {
  const names = ['exit', 'beforeExit', 'SIGINT', 'SIGTERM', 'SIGHUP']
  const listeners = (): number[] => names.map((name) => process.listenerCount(name))
  const before = listeners()
  const during: number[][] = []
  const solver: Solver = async (state) => {
    await sleep(50)
    during.push(listeners())
    return state
  }
  await run(aTask({ solver }))
  await Promise.all(Array.from({ length: 12 }, () => run(aTask({ solver }))))
  const [one, ...many] = during
  expect(many).toEqual(Array(12).fill(one))
  expect(listeners()).toEqual(before)
})
