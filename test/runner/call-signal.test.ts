import { expect, it } from 'vitest'
import { getModel, mockModel, modelError, type ModelEvent } from '../../src/index.ts'
import { aTask, run } from './run.ts'
import { quickModel } from './scenarios.ts'

const tooLate = new Error('too late')

/** Aborts soon, and lets go of nothing else. */
function soon(): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(tooLate), 20)
  return controller.signal
}

it.each([
  ['a call', quickModel(['late'], 60_000)],
  ['the wait for another attempt', mockModel(() => modelError(503))],
])('a signal ends %s outside of samples', async (_, model) => {
  const call = (await getModel(model)).generate('2+2?', { signal: soon() })
  await expect(call).rejects.toBe(tooLate)
})

it('a signal ends the wait for a connection, and leaves it to others', async () => {
  const model = await getModel(mockModel(['first', 'second'], { maxConnections: 1, delayMs: 60 }))
  const first = model.generate('2+2?')
  await expect(model.generate('2+2?', { signal: soon() })).rejects.toBe(tooLate)
  expect([(await first).completion, (await model.generate('2+2?')).completion]).toEqual(['first', 'second'])
})

it('a signal that is aborted makes no call', async () => {
  const model = await getModel(mockModel(['first']))
  await expect(model.generate('2+2?', { signal: AbortSignal.abort(tooLate) })).rejects.toBe(tooLate)
  expect((await model.generate('2+2?')).completion).toBe('first')
})

it('a signal ends a call of a sample, which goes on', async () => {
  const caught: unknown[] = []
  const { samples } = await run(
    aTask({
      model: quickModel(['late'], 60_000),
      solver: async (state) => {
        await (await getModel()).generate('2+2?', { signal: soon() }).catch((error: unknown) => caught.push(error))
        return state
      },
    }),
  )
  const [event] = samples[0]!.events.filter((each): each is ModelEvent => each.event === 'model')
  expect([caught, samples[0]!.error, event!.error, event!.pending]).toEqual([
    [tooLate],
    undefined,
    "RuntimeError('model call cancelled')",
    undefined,
  ])
})

it('the end of a sample ends a call with a signal of its own', async () => {
  const seen: AbortSignal[] = []
  const model = {
    ...quickModel(),
    generate: ({ abortSignal }: { readonly abortSignal: AbortSignal }) => {
      seen.push(abortSignal)
      return new Promise<never>(() => {})
    },
  }
  const { samples } = await run(
    aTask({
      model,
      timeLimit: 0.05,
      solver: async (state) => {
        await (await getModel()).generate('2+2?', { signal: new AbortController().signal })
        return state
      },
    }),
  )
  expect([samples[0]!.limit?.type, seen.map(({ aborted }) => aborted)]).toEqual(['time', [true]])
})
