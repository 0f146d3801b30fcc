import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { Committed, Outcome } from '../../src/delivery/item.ts'
import type { DestinationReport } from '../../src/delivery/report.ts'
import { spanItem, spanItems } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

const hanging = (): Promise<Outcome> => new Promise(() => {})

function deliveryTo(sinks: readonly ScriptedSink[], options: DeliveryOptions = {}): Delivery {
  return new Delivery({ sinks, flushTimeoutMs: 300, lingerMs: 5, random: () => 0, ...options })
}

function only(delivery: Delivery): DestinationReport {
  return delivery.report().destinations[0]!
}

describe('a delivery', () => {
  it('sends what is committed, in batches and in order', async () => {
    const sink = new ScriptedSink()
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(25))
    const report = await delivery.close()

    expect(sink.batches).toEqual([10, 10, 5])
    expect(sink.taken.map(({ id }) => Number(id))).toEqual(Array.from({ length: 25 }, (_, index) => index))
    expect(report).toEqual({
      fresh: { span: 25, log: 0 },
      known: 0,
      superseded: 0,
      supersededNames: [],
      destinations: [
        {
          sink: 'test/spans',
          destination: 'test/spans:here',
          produced: 25,
          delivered: 25,
          waiting: 0,
          rejected: 0,
          dropped: 0,
          reasons: [],
        },
      ],
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
    expect(report).toMatchObject({ fresh: { span: 2, log: 0 }, known: 2, superseded: 2 })
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
    expect(only(delivery)).toMatchObject({ produced: 1, delivered: 1, waiting: 0 })
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

  it('never retries what is rejected, and names the reason in one short line', async () => {
    const sink = new ScriptedSink({ status: 'rejected', reason: `bad\n\u001b[31mspan ${'x'.repeat(1000)}` })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(3))
    const { destinations } = await delivery.close()
    expect(sink.batches).toEqual([3])
    expect(destinations[0]).toMatchObject({ delivered: 0, rejected: 3 })
    expect(destinations[0]!.reasons[0]!.reason).toMatch(/^bad \[31mspan x{280,}…$/)
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
    expect(only(delivery).produced).toBe(0)
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
    expect(only(delivery)).toMatchObject({ produced: 1, delivered: 0, waiting: 0, dropped: 1 })
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
    expect(destinations.map(({ delivered }) => delivered)).toEqual([0, 1])
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

describe('a backend that is down', () => {
  it('is left a few seconds by an interrupt, however long the timeout is', async () => {
    const metrics = { name: 'm', enabled: () => true, destination: () => 'm', intervalMs: 1e6, send: hanging }
    const options = { flushTimeoutMs: 60_000, metricSinks: [metrics] }
    const delivery = deliveryTo([new ScriptedSink(hanging)], options)
    await delivery.commit([spanItem('a')])
    const interrupt = new AbortController()
    const began = performance.now()
    const closing = delivery.close(interrupt.signal)
    interrupt.abort()
    expect((await closing).destinations[0]).toMatchObject({ produced: 1, waiting: 0, dropped: 1 })
    expect(performance.now() - began).toBeLessThan(4_500)
  })

  it('does not hold up a commit, nor another backend', async () => {
    const dead = new ScriptedSink(hanging, { name: 'dead' })
    const alive = new ScriptedSink(undefined, { name: 'alive' })
    const delivery = deliveryTo([dead, alive])
    const began = performance.now()
    for (const item of spanItems(200)) await delivery.commit([item])
    expect(performance.now() - began).toBeLessThan(250)
    await expect.poll(() => alive.taken.length).toBe(200)
    const report = await delivery.close()
    expect(report.destinations).toMatchObject([
      { delivered: 0, waiting: 0, dropped: 200 },
      { delivered: 200, dropped: 0 },
    ])
  })

  it('is given up when a flush made no progress for the timeout, with the last error as the reason', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: '127.0.0.1:4318 refused' })
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(3))
    const began = performance.now()
    await delivery.flush()
    const took = performance.now() - began
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(800)
    expect(only(delivery)).toMatchObject({ produced: 3, waiting: 3, dropped: 0 })
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({
      waiting: 0,
      dropped: 3,
      reasons: [{ reason: 'given up; last error: 127.0.0.1:4318 refused', count: 3 }],
    })
  })

  it('is waited for as long as it makes progress', async () => {
    const sink = new ScriptedSink(
      async () => {
        await sleep(100)
        return { status: 'delivered' }
      },
      { limits: { items: 1, bytes: 1e6 } },
    )
    const delivery = deliveryTo([sink])
    await delivery.commit(spanItems(8))
    await delivery.flush()
    expect(only(delivery)).toMatchObject({ delivered: 8, waiting: 0 })
    await delivery.close()
  })

  it('gets one more try from a flush long after it failed, and is not waited for beyond that', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { random: () => 1 })
    await delivery.commit([spanItem('a')])
    await sleep(400)
    const tries = sink.batches.length
    const began = performance.now()
    await delivery.flush()
    expect(sink.batches.length).toBe(tries + 1)
    expect(performance.now() - began).toBeLessThan(100)
    await delivery.close()
  })

  it('may have no more than the bound waiting; the rest is dropped and named', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { maxBytes: 1000 })
    await delivery.commit(spanItems(50))
    expect(only(delivery)).toMatchObject({ produced: 50, waiting: 10, dropped: 40 })
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({ waiting: 0, dropped: 50 })
    expect(destinations[0]!.reasons.map(({ count }) => count)).toEqual([40, 10])
  })

  it('loses what waits when room is needed and it made no progress, and then costs no more time', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { maxBytes: 1000 })
    await delivery.commit(spanItems(8))
    let began = performance.now()
    await delivery.room()
    expect(performance.now() - began).toBeGreaterThan(250)
    expect(only(delivery)).toMatchObject({ waiting: 0, dropped: 8 })

    await delivery.commit(spanItems(8, { object: 'next' }))
    began = performance.now()
    await delivery.room()
    expect(performance.now() - began).toBeLessThan(100)
    await delivery.close()
    expect(only(delivery)).toMatchObject({
      produced: 16,
      dropped: 16,
      reasons: [{ reason: 'given up; last error: down' }],
    })
  })

  it('that hangs is named too when it is given up for room', async () => {
    const delivery = deliveryTo([new ScriptedSink(hanging)], { maxBytes: 1000 })
    await delivery.commit(spanItems(8))
    await delivery.room()
    expect(only(delivery).reasons).toEqual([{ reason: 'given up; last error: no answer for 0.3 s', count: 8 }])
    await delivery.close()
  })

  it('holds up a caller who waits for room only until it answers', async () => {
    const sink = new ScriptedSink(async () => {
      await sleep(20)
      return { status: 'delivered' }
    })
    const delivery = deliveryTo([sink], { maxBytes: 2000, lingerMs: 60_000 })
    for (let index = 0; index < 300; index++) {
      await delivery.room()
      await delivery.commit([spanItem(String(index))])
    }
    await delivery.close()
    expect(only(delivery)).toMatchObject({ produced: 300, delivered: 300, dropped: 0 })
  })

  it('gets what was dropped when it is committed again', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { maxBytes: 1000 })
    await delivery.commit(spanItems(8))
    await delivery.room()
    sink.answer = async () => ({ status: 'delivered' })
    await delivery.commit(spanItems(8))
    await delivery.flush()
    expect(only(delivery)).toMatchObject({ produced: 16, delivered: 8, dropped: 8 })
    await delivery.close()
  })
})

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
})

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
    const check = (): void => {
      const { produced, delivered, waiting, rejected, dropped, reasons } = only(delivery)
      expect(delivered + waiting + rejected + dropped).toBe(produced)
      expect(Math.min(delivered, waiting, rejected, dropped)).toBeGreaterThanOrEqual(0)
      expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(rejected + dropped)
    }
    for (let round = 0; round < 60; round++) {
      const object = `object ${Math.floor(random() * 4)}`
      void delivery.commit(spanItems(Math.ceil(random() * 6), { object: `${object} ${round}` }))
      if (random() < 0.1) await delivery.room()
      if (random() < 0.5) await sleep(random() * 4)
      check()
    }
    await delivery.close()
    check()
    expect(only(delivery).waiting).toBe(0)
  })
})

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
