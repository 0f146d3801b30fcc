import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../src/delivery/memory-store.ts'
import { spanItem, spanItems } from './items.ts'

describe('a store in memory', () => {
  it('files an item once for each destination that takes it', async () => {
    const store = new MemoryStore()
    const [item] = spanItems(1)
    const { filed } = await store.commit(
      [item!, item!],
      [
        { id: 'one', takes: ['span'], on: true },
        { id: 'two', takes: ['span', 'log'], on: true },
        { id: 'three', takes: ['log'], on: true },
        { id: 'four', takes: ['span'], on: false },
      ],
    )
    expect(Object.fromEntries(filed)).toEqual({
      one: { count: 1, bytes: 100, refused: 0 },
      two: { count: 1, bytes: 100, refused: 0 },
    })
  })

  it('tells items of different objects apart', async () => {
    const store = new MemoryStore()
    const { committed } = await store.commit([spanItem('a', { object: 'x' }), spanItem('a', { object: 'y' })], [])
    expect(committed.fresh).toHaveLength(2)
  })

  it('keeps little of each item it has seen', async () => {
    const store = new MemoryStore()
    const template = spanItem('a')
    const before = process.memoryUsage().heapUsed
    for (let object = 0; object < 5_000; object++) {
      const trace = object.toString(16).padStart(32, '0')
      const items = Array.from({ length: 20 }, (_, index) => ({
        ...template,
        object: trace,
        id: (object * 20 + index).toString(16).padStart(16, '0'),
      }))
      await store.commit(items, [])
    }
    const bytes = process.memoryUsage().heapUsed - before
    expect(bytes / 100_000).toBeLessThan(1_000)
  })
})
