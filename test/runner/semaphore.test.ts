import { expect, it } from 'vitest'
import { Semaphore } from '../../src/runner/semaphore.ts'

/** Lets names in, and says what became of each, in the order in which it did. */
function lineFor(places: Semaphore) {
  const news: string[] = []
  const come = (name: string, signal?: AbortSignal): void => {
    places.acquire(signal).then(
      () => news.push(name),
      (reason: Error) => news.push(`${name}: ${reason.message}`),
    )
  }
  return { news, come }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

it('lets in the first ones at once, and the others in the order in which they came', async () => {
  const places = new Semaphore(2)
  const { news, come } = lineFor(places)
  for (const name of ['a', 'b', 'c', 'd']) come(name)
  await turn()
  expect(news).toEqual(['a', 'b'])
  places.release()
  come('e')
  await turn()
  expect(news).toEqual(['a', 'b', 'c'])
  for (let count = 0; count < 4; count += 1) places.release()
  await turn()
  come('f')
  await turn()
  expect(news).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

it('passes over who has left, and lets in no more than before', async () => {
  const places = new Semaphore(1)
  const { news, come } = lineFor(places)
  const patience = new AbortController()
  come('a')
  come('b', patience.signal)
  come('c')
  come('d')
  patience.abort(new Error('too long'))
  await turn()
  places.release()
  await turn()
  expect(news).toEqual(['a', 'b: too long', 'c'])
})

it('keeps the place of one who was let in and gives up before it hears of it', async () => {
  const places = new Semaphore(1)
  const { news, come } = lineFor(places)
  const patience = new AbortController()
  come('a')
  come('b', patience.signal)
  come('c')
  places.release()
  patience.abort(new Error('too long'))
  await turn()
  expect(news).toEqual(['a', 'b'])
  places.release()
  await turn()
  expect(news).toEqual(['a', 'b', 'c'])
})

it('lets nobody in any more once it is closed, not even where there is room', async () => {
  const closing = new AbortController()
  const places = new Semaphore(1, closing.signal)
  const { news, come } = lineFor(places)
  for (const name of ['a', 'b', 'c']) come(name)
  closing.abort(new Error('closed'))
  places.release()
  come('d')
  await turn()
  expect(news.toSorted()).toEqual(['a', 'b: closed', 'c: closed', 'd: closed'])
})

it('takes a long line in its stride', async () => {
  const closing = new AbortController()
  const places = new Semaphore(1, closing.signal)
  let entered = 0
  const began = performance.now()
  const all = Array.from({ length: 200_000 }, async () => {
    await places.acquire()
    entered += 1
    places.release()
  })
  await Promise.all(all)
  expect(entered).toBe(200_000)
  // A line in which each step takes all of its length needs minutes.
  expect(performance.now() - began).toBeLessThan(5000)
})
