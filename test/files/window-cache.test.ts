import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WindowCache, type Range } from '../../src/files/window-cache.ts'

const kilobyte = 1024
const content = Buffer.from(Array.from({ length: 40_000 * kilobyte }, (_, index) => (index * 2_654_435_761) >>> 24))

/** A cache before a file that gives what it is asked for after a while, and notes it. */
function open(failing = 0): { cache: WindowCache; asked: Range[] } {
  const asked: Range[] = []
  const cache = new WindowCache(content.length, async ({ start, end }) => {
    asked.push({ start: start / kilobyte, end: end / kilobyte })
    await sleep(1)
    if (asked.length <= failing) throw new Error('failed')
    return content.subarray(start, end)
  })
  return { cache, asked }
}

function kilobytes(cache: WindowCache, start: number, end: number): Promise<Buffer> {
  return cache.read({ start: start * kilobyte, end: end * kilobyte })
}

describe('windows of a file', () => {
  it('are the right bytes, in whatever order they are read, and many at the same time', async () => {
    let state = 1
    const random = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit
    const { cache } = open()
    let near = 0
    for (let round = 0; round < 200; round += 1) {
      const ranges = Array.from({ length: 1 + random(4) }, () => {
        near = random(4) === 0 ? random(content.length) : Math.max(0, near + random(300_000) - 100_000)
        const start = Math.min(near, content.length - 1)
        return { start, end: Math.min(content.length, start + 1 + random(random(10) === 0 ? 6_000_000 : 60_000)) }
      })
      const read = await Promise.all(ranges.map((range) => cache.read(range)))
      for (const [index, { start, end }] of ranges.entries()) {
        expect(read[index]!.equals(content.subarray(start, end)), `${start}-${end}`).toBe(true)
      }
    }
  })

  it('grow for as long as one read follows another', async () => {
    const { cache, asked } = open()
    for (let start = 1000; start < 12_000; start += 20) await kilobytes(cache, start, start + 20)
    expect(asked).toEqual([
      { start: 960, end: 1024 },
      { start: 1024, end: 1152 },
      { start: 1152, end: 1408 },
      { start: 1408, end: 1920 },
      { start: 1920, end: 2944 },
      { start: 2944, end: 4992 },
      { start: 4992, end: 9088 },
      { start: 9088, end: 13_184 },
    ])
  })

  it('stay few when reads are out of order by a little', async () => {
    const { cache, asked } = open()
    for (let start = 1000; start < 12_000; start += 60) {
      await kilobytes(cache, start + 40, start + 60)
      await kilobytes(cache, start, start + 20)
      await kilobytes(cache, start + 20, start + 40)
    }
    expect(asked.length).toBeLessThan(12)
    expect(asked.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(15_500)
  })

  it('are small where reads are far apart', async () => {
    const { cache, asked } = open()
    for (const start of [20_000, 1000, 10_000]) await kilobytes(cache, start, start + 1)
    expect(asked.map(({ start, end }) => end - start)).toEqual([64, 64, 64])
  })

  it('hold the end of the file, where it is read at all', async () => {
    const { cache, asked } = open()
    await kilobytes(cache, 39_935, 40_000)
    await kilobytes(cache, 39_800, 39_990)
    expect(asked).toEqual([{ start: 39_744, end: 40_000 }])
  })

  it('are kept for a while, but for what is very large', async () => {
    const { cache, asked } = open()
    await kilobytes(cache, 0, 10)
    await kilobytes(cache, 10_000, 20_000)
    await kilobytes(cache, 0, 10)
    expect(asked).toHaveLength(2)
    for (let start = 20_000; start < 39_000; start += 2000) await kilobytes(cache, start, start + 2000)
    await kilobytes(cache, 0, 10)
    expect(asked.at(-1)).toEqual({ start: 0, end: 64 })
  })

  it('are asked for again when they failed', async () => {
    const { cache, asked } = open(1)
    await expect(kilobytes(cache, 0, 10)).rejects.toThrow('failed')
    expect(await kilobytes(cache, 0, 10)).toEqual(content.subarray(0, 10 * kilobyte))
    expect(asked).toHaveLength(2)
  })
})
