import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { deliveryTo, hanging, only } from './delivery-to.ts'
import { spanItem, spanItems } from './items.ts'
import { ScriptedSink } from './scripted-sink.ts'

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
    for (const item of spanItems(200)) await delivery.commit([item])
    await expect.poll(() => alive.taken.length).toBe(200)
    const report = await delivery.close()
    expect(report.destinations).toMatchObject([
      { sink: 'alive', delivered: 200, dropped: 0 },
      { sink: 'dead', delivered: 0, waiting: 0, dropped: 200 },
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
    expect(await only(delivery)).toMatchObject({ produced: 3, waiting: 3, dropped: 0 })
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
    expect(await only(delivery)).toMatchObject({ delivered: 8, waiting: 0 })
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
    expect(await only(delivery)).toMatchObject({ produced: 50, waiting: 10, dropped: 40 })
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({ waiting: 0, dropped: 50 })
    expect(destinations[0]!.reasons.map(({ count }) => count)).toEqual([40, 10])
  })

  it('keeps who wants room waiting for the timeout, once; what there is no room for then is dropped', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { maxBytes: 1000 })
    await delivery.commit(spanItems(8))
    let began = performance.now()
    await delivery.room()
    expect(performance.now() - began).toBeGreaterThan(250)
    expect(await only(delivery)).toMatchObject({ waiting: 8, dropped: 0 })

    await delivery.commit(spanItems(8, { object: 'next' }))
    began = performance.now()
    await delivery.room()
    expect(performance.now() - began).toBeLessThan(100)
    expect(await only(delivery)).toMatchObject({ produced: 16, waiting: 10, dropped: 6 })
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({
      produced: 16,
      waiting: 0,
      dropped: 16,
      reasons: [
        { outcome: 'dropped', reason: 'given up; last error: down', count: 10 },
        { outcome: 'dropped', reason: expect.stringMatching(/^more than .* were waiting/), count: 6 },
      ],
    })
  })

  it('that hangs is named too when it is given up', async () => {
    const delivery = deliveryTo([new ScriptedSink(hanging)])
    await delivery.commit(spanItems(8))
    const { destinations } = await delivery.close()
    expect(destinations[0]!.reasons).toMatchObject([
      { outcome: 'dropped', reason: 'given up; last error: no answer', count: 8 },
    ])
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
    const { destinations } = await delivery.close()
    expect(destinations[0]).toMatchObject({ produced: 300, delivered: 300, dropped: 0 })
  })

  it('gets what was dropped when it is committed again', async () => {
    const sink = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo([sink], { maxBytes: 1000 })
    await delivery.commit(spanItems(14))
    expect(await only(delivery)).toMatchObject({ produced: 14, waiting: 10, dropped: 4 })
    sink.answer = async () => ({ status: 'delivered' })
    await delivery.flush()
    await delivery.commit(spanItems(14))
    await delivery.flush()
    expect(sink.taken.map(({ id }) => Number(id))).toEqual(Array.from({ length: 14 }, (_, index) => index))
    expect(await only(delivery)).toMatchObject({ produced: 18, delivered: 14, dropped: 4 })
    await delivery.close()
  })

  it('has what waited for too long given up, by name, once it was asked once more', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'outbox-')), 'outbox.db')
    const down = { status: 'retry', reason: 'down' } as const
    const first = deliveryTo([new ScriptedSink(down)], { paths: [path] })
    await first.commit([spanItem('old')])
    await first.close()
    await sleep(60)
    const sink = new ScriptedSink(down)
    const second = deliveryTo([sink], { paths: [path], maxAgeMs: 50, flushTimeoutMs: 10_000 })
    await second.flush()
    expect(sink.batches.length).toBeGreaterThan(0)
    expect((await second.close()).all).toMatchObject([
      {
        produced: 1,
        waiting: 0,
        dropped: 1,
        reasons: [
          {
            outcome: 'dropped',
            reason: 'older than 0.05 seconds (EVALSPAN_OUTBOX_MAX_AGE)',
            names: ['span old (old)'],
          },
        ],
      },
    ])
  })

  it('gets all that is old as well when it is back, however old', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'outbox-')), 'outbox.db')
    const first = deliveryTo([new ScriptedSink({ status: 'retry', reason: 'down' })], { paths: [path] })
    await first.commit([spanItem('old')])
    await first.close()
    await sleep(60)
    const sink = new ScriptedSink()
    const second = deliveryTo([sink], { paths: [path], maxAgeMs: 50, flushTimeoutMs: 5_000 })
    await second.close()
    expect(sink.taken.map(({ id }) => id)).toEqual(['old'])
  })
})
