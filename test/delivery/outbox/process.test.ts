import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { deliveryTo, hanging } from '../delivery-to.ts'
import { spanItem, spanItems } from '../items.ts'
import { ScriptedSink } from '../scripted-sink.ts'
import { commit, deliverAll, newPath, openOutbox, place } from './open-outbox.ts'

const program = join(import.meta.dirname, 'child/program.ts')
const destinations = [place('test/spans:here')]

function start(path: string, count: number, end: string): ChildProcess {
  return spawn(process.execPath, [program, path, String(count), end], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Exit code and signal, once it is over. */
async function ended(child: ChildProcess): Promise<unknown[]> {
  return (await once(child, 'exit')) as unknown[]
}

async function waiting(path: string): Promise<number> {
  const outbox = await openOutbox({ path, destinations })
  const taken = deliverAll(outbox, 'test/spans:here')
  outbox.close()
  return taken.length
}

describe('a process that ends without waiting for anything', () => {
  it.each([
    ['exit', [3, null]],
    ['throw', [1, null]],
    ['reject', [1, null]],
    ['return', [0, null]],
  ])('loses nothing of what it handed over: %s', async (end, code) => {
    const path = newPath()
    const child = start(path, 2_000, end)
    expect(await ended(child)).toEqual(code)
    expect(await waiting(path)).toBe(2_000)
  })

  it('is told when the outbox is closed, though somebody asks for something after that', async () => {
    const path = newPath()
    expect(await ended(start(path, 10, 'asked'))).toEqual([4, null])
    expect(await waiting(path)).toBe(10)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends by %s as it would have without us', async (signal) => {
    const path = newPath()
    const child = start(path, 20, 'signal')
    await once(child.stdout!, 'data')
    const began = performance.now()
    child.kill(signal)
    expect(await ended(child)).toEqual([null, signal])
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(await waiting(path)).toBe(20)
  })

  it('ends when and as its own listener has it', async () => {
    const path = newPath()
    const child = start(path, 20, 'signal-own')
    await once(child.stdout!, 'data')
    child.kill('SIGTERM')
    expect(await ended(child)).toEqual([5, null])
    expect(await waiting(path)).toBe(20)
  })

  it('loses nothing that was stored when it is killed', async () => {
    const path = newPath()
    const child = start(path, 500, 'signal')
    await once(child.stdout!, 'data')
    child.kill('SIGKILL')
    expect(await ended(child)).toEqual([null, 'SIGKILL'])
    expect(await waiting(path)).toBe(500)
  })
})

describe('many processes that begin at the same moment', () => {
  it('share one new outbox', async () => {
    const path = newPath()
    const children = Array.from({ length: 6 }, () => start(path, 50, 'exit'))
    const errors = children.map((child) => child.stderr!.toArray())
    expect(await Promise.all(children.map((child) => ended(child)))).toEqual(children.map(() => [3, null]))
    expect((await Promise.all(errors)).flat().join('')).toBe('')
    const outbox = await openOutbox({ path, destinations })
    // All had the same spans: the first filed them.
    expect(outbox.report('all')).toMatchObject([{ produced: 50, waiting: 50 }])
    outbox.close()
  })
})

describe('the thread of the outbox', () => {
  it('takes commits along in their order, and the process finds there what another one left', async () => {
    const path = newPath()
    const earlier = await openOutbox({ path, destinations })
    commit(earlier, [spanItem('earlier')], { on: ['test/spans:here'] })
    earlier.close()
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink], { paths: [path], flushTimeoutMs: 5_000 })
    for (const item of spanItems(30)) void delivery.commit([item])
    const {
      destinations: [account],
      all,
    } = await delivery.close()
    expect(sink.taken.map(({ id }) => id)).toEqual(['earlier', ...Array.from({ length: 30 }, (_, id) => String(id))])
    expect([account, all[0]]).toMatchObject([
      { produced: 30, delivered: 30 },
      { produced: 31, delivered: 31 },
    ])
  })

  it('keeps what a backend does not take, and says so in the account; a later process sends it', async () => {
    const path = newPath()
    const down = deliveryTo([new ScriptedSink({ status: 'retry', reason: 'down' })], { paths: [path] })
    await down.commit(spanItems(3))
    const {
      destinations: [account],
      place: folder,
    } = await down.close()
    expect(account).toMatchObject({ produced: 3, waiting: 3, dropped: 0, lastError: { reason: 'down' } })
    expect(folder).toBe(join(path, '..'))
    const sink = new ScriptedSink()
    const up = deliveryTo([sink], { paths: [path], flushTimeoutMs: 5_000 })
    const report = await up.close()
    expect(sink.taken.map(({ id }) => id)).toEqual(['0', '1', '2'])
    expect([report.destinations[0], report.all[0]]).toMatchObject([
      { produced: 0, delivered: 0 },
      { produced: 3, delivered: 3, waiting: 0 },
    ])
  })

  it('that dies takes nothing along that it has stored; what comes after that is dropped, and nothing throws', async () => {
    const path = newPath()
    const lines: string[] = []
    const threads: Worker[] = []
    const remember = (worker: Worker): void => void threads.push(worker)
    process.on('worker', remember)
    const delivery = deliveryTo([new ScriptedSink(hanging)], { paths: [path], report: (line) => lines.push(line) })
    expect((await delivery.commit(spanItems(3))).fresh).toHaveLength(3)
    process.removeListener('worker', remember)
    await threads[0]!.terminate()
    expect(await delivery.commit(spanItems(2, { object: 'lost' }))).toEqual({ fresh: [], known: [], superseded: [] })
    await delivery.room()
    await delivery.flush()
    const lost = { reason: 'the outbox is gone: its thread has ended', count: 2 }
    expect(await delivery.report()).toMatchObject({ destinations: [{ produced: 2, dropped: 2, reasons: [lost] }] })
    const began = performance.now()
    const {
      destinations: [account],
    } = await delivery.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(account).toMatchObject({ produced: 2, delivered: 0, waiting: 0, dropped: 2 })
    expect(lines).toContain(
      'items were lost, because they could not be stored: the outbox is gone: its thread has ended',
    )
    expect(await waiting(path)).toBe(3)
  })
})
