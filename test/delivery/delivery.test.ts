import { describe, expect, it } from 'vitest'
import type { Committed, Outcome } from '../../src/delivery/item.ts'
import { deliveryTo, hanging, only } from './delivery-to.ts'
import { spanItem, spanItems } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

describe('a delivery', () => {
  it('sends what is committed, in batches and in order', async () => {
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(25))
    const report = await delivery.close()

    expect(sink.batches).toEqual([10, 10, 5])
    expect(sink.taken.map(({ id }) => Number(id))).toEqual(Array.from({ length: 25 }, (_, index) => index))
    const account = {
      sink: 'test/spans',
      destination: 'test/spans:here',
      produced: 25,
      delivered: 25,
      waiting: 0,
      rejected: 0,
      dropped: 0,
      drafts: 0,
      superseded: 0,
      lastDelivered: expect.stringMatching(/^2\d{3}-.*Z$/),
      reasons: [],
    }
    expect(report).toEqual({
      fresh: { span: 25, log: 0 },
      known: 0,
      superseded: 0,
      supersededNames: [],
      destinations: [account],
      all: [account],
    })
    expect(sink.closed).toBe(true)
  })

  it('sends a batch that is not full after a short while, without a flush', async () => {
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink])
    await delivery.commit([spanItem('a')])
    await expect.poll(() => sink.taken.length).toBe(1)
    await delivery.close()
  })

  it('cuts batches by bytes, and sends an item larger than that alone', async () => {
    const sink = new ScriptedSink(undefined, { limits: { items: 100, bytes: 250 } })
    const delivery = deliveryTo([sink])
    await delivery.commit([...spanItems(4), spanItem('large', { size: 1000 }), spanItem('last')])
    await delivery.close()
    expect(sink.batches).toEqual([2, 2, 1, 1])
  })

  it('tells known from superseded, and sends superseded content only under rule latest', async () => {
    const sink = new ScriptedSink()
    const seen: Committed[] = []
    const delivery = deliveryTo([sink], { onCommitted: (committed) => seen.push(committed) })
    await delivery.commit([spanItem('a'), spanItem('b', { rule: 'latest' })])
    const again = [spanItem('a'), spanItem('a', { version: 2 }), spanItem('b', { rule: 'latest', version: 2 })]
    const committed = await delivery.commit(again)
    await delivery.commit([spanItem('b', { rule: 'latest', version: 2 })])
    const report = await delivery.close()

    expect(committed).toEqual({ fresh: [], known: [again[0]], superseded: [again[1], again[2]] })
    expect(seen).toHaveLength(3)
    expect(sink.taken.map(({ id, body }) => [id, (body as { attributes: object }).attributes])).toEqual([
      ['a', { 'test.id': 'a', 'test.version': 1 }],
      ['b', { 'test.id': 'b', 'test.version': 1 }],
      ['b', { 'test.id': 'b', 'test.version': 2 }],
    ])
    // Content that is sent is not told as if it were lost.
    expect(report).toMatchObject({
      fresh: { span: 2, log: 0 },
      known: 2,
      superseded: 1,
      supersededNames: ['span a (a)'],
    })
  })

  it('tries again after a failure, a throw, a hang and an outcome that is none', async () => {
    const answers = [
      async (): Promise<Outcome> => ({ status: 'retry', reason: 'busy', afterMs: 1 }),
      (): Promise<Outcome> => Promise.reject(new Error('broken')),
      hanging,
      async (): Promise<Outcome> => undefined as never,
      async (): Promise<Outcome> => ({ status: 'delivered' }),
    ]
    const sink = new ScriptedSink(() => answers.shift()!(), { timeoutMs: 50 })
    const delivery = deliveryTo([sink], { flushTimeoutMs: 20_000 })
    await delivery.commit([spanItem('a')])
    await delivery.flush()
    expect(await only(delivery)).toMatchObject({ produced: 1, delivered: 1, waiting: 0 })
    await delivery.close()
  })

  it('waits as long as the server asked for', async () => {
    const times: number[] = []
    const sink = new ScriptedSink(async () => {
      times.push(performance.now())
      return times.length === 1 ? { status: 'retry', reason: 'busy', afterMs: 200 } : { status: 'delivered' }
    })
    const delivery = deliveryTo([sink], { flushTimeoutMs: 5_000 })
    await delivery.commit([spanItem('a')])
    await delivery.flush()
    expect(times[1]! - times[0]!).toBeGreaterThan(195)
    await delivery.close()
  })

  it('halves a batch that is too large, and rejects an item that is too large alone', async () => {
    const sink = new ScriptedSink(async (batch) => {
      const isTooLarge = batch.length > 3 || batch.some(({ id }) => id === '4')
      return isTooLarge ? { status: 'too-large', reason: 'HTTP 413' } : { status: 'delivered' }
    })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(10))
    const report = await delivery.close()
    expect(report.destinations[0]).toMatchObject({
      delivered: 9,
      rejected: 1,
      dropped: 0,
      reasons: [{ reason: 'HTTP 413', count: 1 }],
    })
    expect(sink.taken.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '5', '6', '7', '8', '9'])
  })

  it('never retries what is rejected alone, and names the reason in one short line', async () => {
    const sink = new ScriptedSink({ status: 'rejected', reason: `bad\n\u001b[31mspan ${'x'.repeat(1000)}` })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(3))
    const { destinations } = await delivery.close()
    expect(sink.batches).toEqual([3, 2, 1, 2, 1, 1])
    expect(destinations[0]).toMatchObject({ delivered: 0, rejected: 3 })
    expect(destinations[0]!.reasons[0]!.reason).toMatch(/^bad \[31mspan x{280,}…$/)
  })

  it('finds the items at fault by halves when a batch is rejected, and delivers the others', async () => {
    const sink = new ScriptedSink(async (batch) =>
      batch.some(({ id }) => id === '3' || id === '7')
        ? { status: 'rejected', reason: 'bad span' }
        : { status: 'delivered' },
    )
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(10))
    const { destinations } = await delivery.close()
    expect(sink.taken.map(({ id }) => id).join('')).toBe('01245689')
    expect(destinations[0]).toMatchObject({
      produced: 10,
      delivered: 8,
      rejected: 2,
      reasons: [{ outcome: 'rejected', reason: 'bad span', count: 2, names: ['span 3 (3)', 'span 7 (7)'] }],
    })
  })

  it('takes a backend that refuses everything at its word, before it has asked for each item', async () => {
    const sink = new ScriptedSink({ status: 'rejected', reason: 'no' })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(200))
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({ produced: 200, rejected: 200 })
    expect(sink.batches.length).toBeLessThan(60)
  })

  it('waits while a backend refuses whoever sends, and sends all once somebody has mended it', async () => {
    const sink = new ScriptedSink({ status: 'blocked', reason: 'HTTP 401' })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(3))
    const began = performance.now()
    await delivery.flush()
    expect(performance.now() - began).toBeLessThan(100)
    expect(await only(delivery)).toMatchObject({ waiting: 3, rejected: 0, lastError: { reason: 'HTTP 401' } })
    sink.answer = async () => ({ status: 'delivered' })
    await delivery.flush()
    expect(await only(delivery)).toMatchObject({ waiting: 0, delivered: 3 })
    await delivery.close()
  })

  it('counts what a server rejects of a batch', async () => {
    const sink = new ScriptedSink({ status: 'delivered', rejected: 2, reason: 'too old' })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(5))
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({ delivered: 3, rejected: 2, reasons: [{ reason: 'too old', count: 2 }] })
  })

  it('switches a destination off that takes nothing of the kind, with one line and no loss', async () => {
    const lines: string[] = []
    const sink = new ScriptedSink({ status: 'unsupported', reason: 'no spans here' })
    const delivery = deliveryTo([sink], { report: (line) => lines.push(line) })
    await delivery.commit(spanItems(30))
    await delivery.flush()
    await delivery.commit([spanItem('later')])
    await delivery.room()
    const report = await delivery.close()
    expect(report).toMatchObject({ fresh: { span: 31 }, destinations: [] })
    expect(sink.batches).toEqual([10])
    expect(lines).toEqual(['test/spans: no spans here'])
  })

  it('takes "unsupported" from a backend that took some before for a rejection', async () => {
    let calls = 0
    const sink = new ScriptedSink(async () =>
      calls++ === 0 ? { status: 'delivered' } : { status: 'unsupported', reason: 'gone' },
    )
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(20))
    const report = await delivery.close()
    expect(report.destinations[0]).toMatchObject({
      delivered: 10,
      rejected: 10,
      reasons: [{ reason: 'gone', count: 10 }],
    })
  })

  it('files nothing for a sink that is off, and catches up when it is on and the item comes again', async () => {
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink])
    sink.on = false
    await delivery.commit([spanItem('a')])
    expect((await only(delivery)).produced).toBe(0)
    sink.on = true
    await delivery.commit([spanItem('a'), spanItem('b')])
    await delivery.commit([spanItem('a'), spanItem('b')])
    await delivery.close()
    expect(sink.taken.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('drops what is committed after it was closed, and counts it', async () => {
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink])
    await delivery.close()
    await delivery.commit([spanItem('late')])
    expect(await only(delivery)).toMatchObject({ produced: 1, delivered: 0, waiting: 0, dropped: 1 })
  })

  it('survives a listener and a sink that throw', async () => {
    const lines: string[] = []
    const sink = new ScriptedSink()
    sink.enabled = () => {
      throw new Error('no')
    }
    const delivery = deliveryTo([sink, new ScriptedSink(undefined, { name: 'other' })], {
      onCommitted: () => {
        throw new Error('listener')
      },
      report: (line) => {
        lines.push(line)
        throw new Error('report')
      },
    })
    const { fresh } = await delivery.commit([spanItem('a')])
    const { destinations } = await delivery.close()
    expect(fresh).toHaveLength(1)
    expect(destinations.map(({ sink: name, delivered }) => [name, delivered])).toEqual([
      ['other', 1],
      ['test/spans', 0],
    ])
    expect(lines).toEqual(['a listener failed: listener'])
  })

  it('leaves out a second sink that goes to the same place', async () => {
    const [one, other] = [new ScriptedSink(), new ScriptedSink()]
    const delivery = deliveryTo([one, other])
    await delivery.commit([spanItem('a')])
    await delivery.close()
    expect([one.taken.length, other.taken.length]).toEqual([1, 0])
  })

  it('closes once, however often it is asked', async () => {
    const delivery = deliveryTo([new ScriptedSink()])
    expect(await delivery.close()).toBe(await delivery.close())
  })
})
