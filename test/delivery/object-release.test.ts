import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { deliveryTo } from './delivery-to.ts'
import { spanItem } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

describe('a sink that takes one object at a time', () => {
  it('gets an object with the state it gave before', async () => {
    const states: unknown[] = []
    const sink = new ScriptedSink(
      async (batch, { state }) => {
        states.push([batch[0]!.object, batch.length, state])
        const before = (state['count'] as number | undefined) ?? 0
        return { status: 'delivered', state: { count: before + batch.length } }
      },
      { release: 'object', limits: { items: 2, bytes: 1e6 } },
    )
    const delivery = deliveryTo([sink], { lingerMs: 60_000 })
    await delivery.commit(['a', 'b', 'a', 'a'].map((object, index) => spanItem(String(index), { object })))
    await delivery.close()
    expect(states).toEqual([
      ['a', 2, {}],
      ['b', 1, {}],
      ['a', 1, { count: 2 }],
    ])
  })

  it('gets as many objects at once as it wants, and each in its order', async () => {
    let underway = 0
    let most = 0
    const taken: string[] = []
    const busy = new Set<string>()
    const sink = new ScriptedSink(
      async (batch) => {
        const { object } = batch[0]!
        expect(busy.has(object)).toBe(false)
        busy.add(object)
        underway += 1
        most = Math.max(most, underway)
        await sleep(10)
        underway -= 1
        busy.delete(object)
        taken.push(...batch.map(({ id }) => `${object}${id}`))
        return { status: 'delivered' }
      },
      { release: 'object', limits: { items: 2, bytes: 1e6 }, concurrency: 3 },
    )
    const delivery = deliveryTo([sink], { flushTimeoutMs: 5_000 })
    const objects = ['a', 'b', 'c', 'd']
    await delivery.commit([0, 1, 2, 3, 4].flatMap((id) => objects.map((object) => spanItem(String(id), { object }))))
    await delivery.close()
    expect(most).toBe(3)
    for (const object of objects) {
      const own = taken.filter((name) => name.startsWith(object))
      expect(own).toEqual([0, 1, 2, 3, 4].map((id) => `${object}${id}`))
    }
  })
})
