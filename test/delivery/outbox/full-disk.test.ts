import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import { Storage } from '../../../src/delivery/outbox/storage.ts'
import type { DestinationReport } from '../../../src/delivery/report.ts'
import { spanItem, spanItems } from '../items.ts'
import { deliverAll, delivered, everything, names, newFolder, openOutbox, place, toRow } from './open-outbox.ts'

const destinations = [place('one'), place('two')]
const mounted: string[] = []
afterAll(() => mounted.forEach((folder) => execFileSync('umount', ['-l', folder])))

let folder = ''
let path = ''
let lines: string[] = []
beforeEach(() => {
  folder = smallDisk()
  path = join(folder, 'outbox.db')
  lines = []
})

function smallDisk(): string {
  const mountPoint = join(newFolder(), 'disk')
  mkdirSync(mountPoint)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mountPoint], { stdio: 'pipe' })
  mounted.push(mountPoint)
  return mountPoint
}

function canMount(): boolean {
  try {
    smallDisk()
    return true
  } catch {
    return false
  }
}

/** Until not a byte more fits. */
function fill(): void {
  const file = openSync(join(folder, 'ballast'), 'w')
  const block = Buffer.alloc(4096, 1)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    closeSync(file)
  }
}

function makeRoom(): void {
  rmSync(join(folder, 'ballast'))
}

function open(maxBytes: number = 1e9): Promise<Storage> {
  return Storage.open({ paths: [path], problems: [], destinations, maxBytes }, (line) => lines.push(line))
}

async function commit(storage: Storage, items: readonly Item[], on: readonly string[] = ['one']): Promise<string[]> {
  const rows = items.map((item) => toRow(item))
  const instruments = items.flatMap(({ measurements = [] }) => measurements.map(({ instrument }) => instrument))
  const { verdicts } = await storage.commit({ items: rows, drafts: [], instruments, on, again: false })
  return [...verdicts]
}

function large(count: number, object: string): Item[] {
  return spanItems(count, { object, body: { attributes: { text: 'x'.repeat(20_000) } } })
}

function equations(reports: readonly DestinationReport[]): string[] {
  return reports.map(
    ({ destination, produced, delivered: sent, waiting, rejected, dropped }) =>
      `${destination}: ${produced} = ${sent} + ${waiting} + ${rejected} + ${dropped}`,
  )
}

describe.runIf(canMount())('an outbox on a disk that is full', () => {
  it('has what comes wait in memory, and brings it home when there is room', async () => {
    const storage = await open()
    await commit(storage, [spanItem('before')])
    fill()
    expect(await commit(storage, [spanItem('before'), ...large(20, 'during')])).toEqual([
      'known',
      ...Array.from({ length: 20 }, () => 'fresh'),
    ])
    expect(await commit(storage, large(2, 'during'))).toEqual(['known', 'known'])
    expect(equations(storage.report('session'))).toEqual(['one: 21 = 0 + 21 + 0 + 0', 'two: 0 = 0 + 0 + 0 + 0'])
    expect(lines).toEqual([expect.stringMatching(/^the outbox cannot be written \(.*full.*\): items wait in memory/)])
    rmSync(join(folder, 'ballast'))
    const { session } = await storage.close({})
    expect(equations(session)).toEqual(['one: 21 = 0 + 21 + 0 + 0', 'two: 0 = 0 + 0 + 0 + 0'])
    const later = await openOutbox({ path, destinations })
    expect(deliverAll(later)).toHaveLength(21)
    later.close()
  }, 30_000)

  it('brings home what became of things meanwhile, and sends nothing twice', async () => {
    const storage = await open()
    await commit(storage, [spanItem('before')])
    fill()
    await commit(storage, large(10, 'sent'))
    await commit(storage, large(10, 'partly'), ['one', 'two'])
    await commit(storage, large(10, 'refused'))
    const seen: (string[] | undefined)[] = []
    const settle = async (settlement: Parameters<Storage['settle']>[2]): Promise<void> => {
      const batch = (await storage.next('one', { ...everything, items: 10 }))!
      seen.push([...new Set(names(batch)!.map((name) => name.split('/')[0]!))])
      await storage.settle('one', batch, settlement)
    }
    const before = (await storage.next('one', everything))!
    expect(names(before)).toEqual(['trace/before'])
    await storage.settle('one', before, delivered)
    await settle(delivered)
    await settle({ status: 'delivered', rejected: 3, reason: 'three of them' })
    await settle({ status: 'parked', reason: 'no' })
    expect(seen).toEqual([['sent'], ['partly'], ['refused']])
    const middle = ['one: 31 = 18 + 0 + 13 + 0', 'two: 10 = 0 + 10 + 0 + 0']
    expect(equations(storage.report('session'))).toEqual(middle)
    makeRoom()
    const { session } = await storage.close({})
    // What was refused is tried again, since it is elsewhere now.
    expect(equations(session)).toEqual(['one: 31 = 18 + 10 + 3 + 0', 'two: 10 = 0 + 10 + 0 + 0'])
    expect(session[0]!.reasons).toEqual([{ outcome: 'rejected', reason: 'three of them', count: 3, names: [] }])
    const later = await openOutbox({ path, destinations })
    expect(new Set(deliverAll(later).map((name) => name.split('/')[0]))).toEqual(new Set(['refused']))
    expect(deliverAll(later, 'two')).toHaveLength(10)
    expect(equations(later.report('all'))).toEqual(['one: 31 = 28 + 0 + 3 + 0', 'two: 10 = 10 + 0 + 0 + 0'])
    later.close()
  }, 30_000)

  it('drops what memory has no room for either, by name, and files it when it comes again', async () => {
    const storage = await open(5_000)
    await commit(storage, [spanItem('before')])
    fill()
    const items = large(20, 'during').map((item) => ({ ...item, size: 1_000 }))
    await commit(storage, items)
    expect(equations(storage.report('session'))).toEqual(['one: 21 = 0 + 6 + 0 + 15', 'two: 0 = 0 + 0 + 0 + 0'])
    makeRoom()
    const { session } = await storage.close({})
    expect(equations(session)).toEqual(['one: 21 = 0 + 6 + 0 + 15', 'two: 0 = 0 + 0 + 0 + 0'])
    expect(session[0]!.reasons).toMatchObject([{ outcome: 'dropped', count: 15, names: { length: 5 } }])
    const again = await open()
    await commit(again, items)
    expect(equations(again.report('all'))).toEqual(['one: 36 = 0 + 21 + 0 + 15', 'two: 0 = 0 + 0 + 0 + 0'])
    await again.close({})
  }, 30_000)

  it('gives up at the end what could not be brought home, with the reason', async () => {
    const storage = await open()
    await commit(storage, [spanItem('before')])
    fill()
    await commit(storage, large(20, 'during'))
    const { session } = await storage.close({ one: 'given up; last error: down' })
    expect(equations(session)).toEqual(['one: 21 = 0 + 1 + 0 + 20', 'two: 0 = 0 + 0 + 0 + 0'])
    expect(session[0]!.reasons).toMatchObject([{ reason: 'given up; last error: down', count: 20 }])
    makeRoom()
    const later = await openOutbox({ path, destinations })
    expect(deliverAll(later)).toEqual(['trace/before'])
    later.close()
  }, 30_000)

  it('still knows what a flush waits for when that has come home meanwhile', async () => {
    const storage = await open()
    await commit(storage, [spanItem('before')])
    fill()
    await commit(storage, large(5, 'during'))
    const mark = storage.mark()
    makeRoom()
    await sleep(5_100)
    await commit(storage, [spanItem('after')])
    const before = (await storage.next('one', { ...everything, items: 6 }))!
    expect(before.inMemory).toBe(false)
    expect(storage.waits('one', mark)).toBe(true)
    await storage.settle('one', before, delivered)
    expect(storage.waits('one', mark)).toBe(false)
    expect(storage.waits('one', storage.mark())).toBe(true)
    await storage.close({})
  }, 30_000)

  it('counts what is measured meanwhile once', async () => {
    const instrument = { name: 'calls', type: 'counter', unit: '1', description: '' } as const
    const measurements = [{ instrument, value: 1, attributes: {}, time: [1, 0] as const }]
    const storage = await open()
    await commit(storage, [spanItem('a', { measurements })])
    fill()
    const item = spanItem('b', { measurements, body: { attributes: { text: 'x'.repeat(200_000) } } })
    await commit(storage, [spanItem('a', { measurements }), item])
    const total = (): number => storage.series().reduce((sum, { data }) => sum + data.number!, 0)
    expect(total()).toBe(2)
    makeRoom()
    await commit(storage, [item])
    await storage.close({})
    const later = await openOutbox({ path, destinations })
    expect(later.series().map(({ data }) => data.number)).toEqual([2])
    later.close()
  }, 30_000)
})
