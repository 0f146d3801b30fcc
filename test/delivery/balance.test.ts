import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/delivery/item.ts'
import { deliveryTo, hanging, only } from './delivery-to.ts'
import { generator } from './generator.ts'
import { spanItems } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

describe('the account of a destination', () => {
  it.each([1, 2, 3, 4, 5, 6])('balances at any moment, whatever a backend does (seed %i)', async (seed) => {
    const random = generator(seed)
    const outcomes: ((count: number) => Promise<Outcome>)[] = [
      async () => ({ status: 'delivered' }),
      async () => ({ status: 'delivered' }),
      async (count) => ({ status: 'delivered', rejected: Math.floor(random() * (count + 1)), reason: 'some' }),
      async () => ({ status: 'delivered', rejected: 1e9, reason: 'more than all' }),
      async () => ({ status: 'delivered', rejected: -1, reason: 'less than none' }),
      async () => ({ status: 'retry', reason: 'busy', afterMs: random() * 3 }),
      async () => ({ status: 'rejected', reason: 'bad' }),
      async () => ({ status: 'too-large', reason: 'large' }),
      () => Promise.reject(new Error('thrown')),
      async () => {
        await sleep(random() * 3)
        return { status: 'delivered' }
      },
      hanging,
    ]
    const sink = new ScriptedSink((batch) => outcomes[Math.floor(random() * outcomes.length)]!(batch.length), {
      timeoutMs: 5,
      release: seed % 2 ? 'item' : 'object',
    })
    const delivery = deliveryTo([sink], { maxBytes: 3000, flushTimeoutMs: 40, lingerMs: 1, random })
    const check = async (): Promise<void> => {
      const { produced, delivered, waiting, rejected, dropped, reasons } = await only(delivery)
      expect(delivered + waiting + rejected + dropped).toBe(produced)
      expect(Math.min(delivered, waiting, rejected, dropped)).toBeGreaterThanOrEqual(0)
      expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(rejected + dropped)
    }
    for (let round = 0; round < 60; round++) {
      const object = `object ${Math.floor(random() * 4)}`
      void delivery.commit(spanItems(Math.ceil(random() * 6), { object: `${object} ${round}` }))
      if (random() < 0.1) await delivery.room()
      if (random() < 0.5) await sleep(random() * 4)
      await check()
    }
    await delivery.close()
    await check()
    expect((await only(delivery)).waiting).toBe(0)
  })
})
