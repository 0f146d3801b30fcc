import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mockModel, modelOutput, useTools, type Solver, type TaskOptions } from '../../src/index.ts'
import { openLog } from '../../src/inspect/log.ts'
import { streamProblems } from './hooks/stream-problems.ts'
import { aTask, question, run, withHooks, type Seen } from './run.ts'

function never(): Promise<never> {
  return new Promise(() => {})
}

/** Runs a task and cancels the run once it says so. */
async function cancelled(
  make: (begun: () => void) => Partial<TaskOptions>,
  options: Parameters<typeof run>[1] = {},
): Promise<Seen & { readonly ms: number }> {
  const controller = new AbortController()
  let cancelledAt = 0
  const begun = (): void => {
    cancelledAt = performance.now()
    controller.abort()
  }
  const seen = await run(aTask(make(begun)), { ...options, signal: controller.signal })
  return { ...seen, ms: performance.now() - cancelledAt }
}

async function statusIn({ logs }: Seen): Promise<unknown> {
  const log = await openLog(logs[0]!.location)
  const samples: unknown[] = []
  for await (const entry of log.samples()) samples.push('sample' in entry ? entry.sample.error?.message : entry)
  await log.close()
  return [log.header.status, samples]
}

it('what a solver goes on to change is in the log as hooks are told of it', async () => {
  let timer: NodeJS.Timeout | undefined
  let count = 0
  const seen = await run(
    aTask({
      solver: (state) => {
        const change = (): void => {
          count += 1
          state.messages.push({ role: 'user', content: `late ${count}` })
          state.metadata[`late ${count}`] = count
          state.store[`late ${count}`] = count
          timer = setTimeout(change, 1)
        }
        change()
        return state
      },
      cleanup: () => sleep(20),
    }),
    { logRealtime: false },
  )
  clearTimeout(timer)
  const log = await openLog(seen.logs[0]!.location)
  const logged: unknown[] = []
  for await (const entry of log.samples()) if ('sample' in entry) logged.push(entry.sample)
  await log.close()
  expect(count).toBeGreaterThan(5)
  const plain = JSON.parse(JSON.stringify(seen.samples)) as unknown[]
  expect(plain).toEqual(logged.map((sample) => ({ ...(sample as object), attachments: {} })))
})

describe('a cancelled run', () => {
  it('leaves alone what cleans up for too long, and says so', async () => {
    const signals: AbortSignal[] = []
    const seen = await cancelled(
      (begun) => ({
        solver: async () => {
          begun()
          return never()
        },
        cleanup: (state) => {
          signals.push(state.signal)
          return never()
        },
        sandbox: { init: () => {}, cleanup: never },
      }),
      { cleanupTimeout: 0.1 },
    )
    expect(seen.ms).toBeLessThan(3000)
    expect(seen.reports).toEqual([
      'sample 1: cleanup failed: the run is cancelled, and it did not end within 0.1 s',
      'sample 1: sandbox failed: the run is cancelled, and it did not end within 0.1 s',
    ])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(streamProblems(seen.events)).toEqual([])
    expect(await statusIn(seen)).toEqual(['cancelled', ['CancelledError()']])
  })

  it('waits for what cleans up in time', async () => {
    const done: string[] = []
    const seen = await cancelled((begun) => ({
      solver: async () => {
        begun()
        return never()
      },
      cleanup: async () => {
        await sleep(200)
        done.push('cleaned up')
      },
    }))
    expect([done, seen.reports]).toEqual([['cleaned up'], []])
  })

  it('leaves out hooks that do not come back, and has its ends and its log', { timeout: 30_000 }, async () => {
    withHooks({ onSampleEvent: never })
    withHooks({ onSampleEnd: never })
    const seen = await cancelled((begun) => ({
      solver: async (state, next) => {
        await next(state)
        begun()
        return never()
      },
    }))
    expect(seen.ms).toBeLessThan(15_000)
    expect(seen.reports.map((line) => line.replace(/test \d+/, 'test'))).toEqual(
      ['onSampleEvent', 'onSampleEnd'].map(
        (method) =>
          `hook 'test' failed in ${method}: the run is cancelled, and it did not come back within 5 s; it gets no more events`,
      ),
    )
    expect(streamProblems(seen.events)).toEqual([])
    expect(await statusIn(seen)).toEqual(['cancelled', ['CancelledError()']])
  })

  it('leaves out a hook that does not come back with a key', async () => {
    const asked = Promise.withResolvers<void>()
    withHooks({
      overrideApiKey() {
        asked.resolve()
        return never()
      },
    })
    process.env['LAB_API_KEY'] = 'arn:secret'
    const seen = await cancelled((begun) => {
      void asked.promise.then(begun)
      return { model: { apiKey: 'LAB_API_KEY', create: () => createOpenAICompatible({ name: 'a', baseURL: '' })('b') } }
    })
    delete process.env['LAB_API_KEY']
    expect([seen.logs, seen.sequence]).toEqual([[], ['RunStart', 'RunEnd']])
    expect(seen.reports).toEqual([
      expect.stringMatching(/failed in overrideApiKey: the run is cancelled, and it did not come back within 5 s$/),
    ])
  })

  it('does not wait for a dataset', async () => {
    const controller = new AbortController()
    async function* dataset() {
      yield question
      controller.abort()
      yield await never()
    }
    const seen = await run(aTask({ dataset: dataset() }), { signal: controller.signal })
    expect([seen.thrown, seen.logs, seen.sequence]).toEqual([undefined, [], ['RunStart', 'RunEnd']])
  })

  it.each(['a time limit', 'a cancelled run'])('%s ends what solvers and tools ask for', async (what) => {
    const asked: string[] = []
    const closed: Promise<unknown>[] = []
    let begun = (): void => {}
    const server = createServer((request) => {
      asked.push(request.url!)
      closed.push(once(request.socket, 'close'))
      if (asked.length === 2) begun()
    })
    server.listen(0)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const ask = (name: string, signal: AbortSignal) => fetch(`http://127.0.0.1:${port}/${name}`, { signal })
    const execute = async (_: object, { abortSignal }: { abortSignal: AbortSignal }) =>
      (await ask('tool', abortSignal)).text()
    const solver: Solver[] = [
      useTools({ waits: { inputSchema: { type: 'object' }, execute } }),
      async (state, next) => {
        await Promise.all([ask('solver', state.signal), next(state)])
        return state
      },
    ]
    const model = mockModel([modelOutput.toolCall('waits')])
    const options = { solver, model, scorer: [] }
    const seen =
      what === 'a time limit'
        ? await run(aTask({ ...options, timeLimit: 0.5 }))
        : await cancelled((tell) => {
            begun = tell
            return options
          })
    await Promise.all(closed)
    expect(asked.toSorted()).toEqual(['/solver', '/tool'])
    expect(seen.samples[0]!.limit?.type ?? seen.samples[0]!.error?.message).toBe(
      what === 'a time limit' ? 'time' : 'CancelledError()',
    )
  })
})
