import { setTimeout as sleep } from 'node:timers/promises'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { Delivery, type DeliveryOptions } from '../../src/delivery/delivery.ts'
import type { Outcome } from '../../src/delivery/item.ts'
import type { MetricSink } from '../../src/delivery/metrics.ts'
import { spanItem } from './items.ts'
import { calls, duration, mark, measured } from './measurements.ts'
import { ScriptedSink } from './scripted-sink.ts'

class PushedMetrics implements MetricSink {
  readonly name = 'test/metrics'
  readonly pushes: ResourceMetrics[] = []
  readonly intervalMs: number
  closed = false
  answer: () => Promise<Outcome>

  constructor(answer: Outcome | (() => Promise<Outcome>) = { status: 'delivered' }, intervalMs = 60_000) {
    this.answer = typeof answer === 'function' ? answer : async () => answer
    this.intervalMs = intervalMs
  }

  enabled(): boolean {
    return true
  }

  destination(): string {
    return 'test/metrics:here'
  }

  send(metrics: ResourceMetrics): Promise<Outcome> {
    this.pushes.push(metrics)
    return this.answer()
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

function deliveryTo(sink: PushedMetrics, options: DeliveryOptions = {}): Delivery {
  return new Delivery({ metricSinks: [sink], flushTimeoutMs: 300, lingerMs: 5, random: () => 0, ...options })
}

describe('a metric sink', () => {
  it('gets everything once at the end, and the report counts its points', async () => {
    const sink = new PushedMetrics()
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1, { a: 1 }), measured(calls, 1, { a: 2 }), measured(duration, 1))])
    const { destinations } = await delivery.close()
    expect(sink.pushes).toHaveLength(1)
    expect(sink.closed).toBe(true)
    expect(destinations).toMatchObject([{ sink: 'test/metrics', produced: 3, delivered: 3, waiting: 0 }])
  })

  it('gets no request when nothing is measured', async () => {
    const sink = new PushedMetrics()
    await deliveryTo(sink).close()
    expect(sink.pushes).toHaveLength(0)
  })

  it('gets everything every interval', async () => {
    const sink = new PushedMetrics(undefined, 20)
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1))])
    await expect.poll(() => sink.pushes.length).toBeGreaterThan(2)
    await delivery.close()
  })

  it('gets another push after a failure, with what is measured by then', async () => {
    let tries = 0
    const sink = new PushedMetrics(async () =>
      tries++ < 2 ? { status: 'retry', reason: 'busy', afterMs: 20 } : { status: 'delivered' },
    )
    const delivery = deliveryTo(sink)
    await delivery.commit([mark(measured(calls, 1))])
    await delivery.flush()
    expect(sink.pushes).toHaveLength(3)
    expect((await delivery.report()).destinations).toMatchObject([{ produced: 1, delivered: 1 }])
    await delivery.close()
  })

  it('that is down or hangs is given up after the timeout, and its last push counts as dropped', async () => {
    for (const answer of [
      async () => ({ status: 'retry', reason: 'down' }) as const,
      () => new Promise<never>(() => {}),
    ]) {
      const sink = new PushedMetrics(answer)
      const delivery = deliveryTo(sink)
      await delivery.commit([mark(measured(calls, 1))])
      const began = performance.now()
      const { destinations } = await delivery.close()
      expect(performance.now() - began).toBeLessThan(700)
      expect(destinations).toMatchObject([{ produced: 1, delivered: 0, waiting: 0, dropped: 1 }])
      expect(destinations[0]!.reasons[0]!.reason).toMatch(/^given up; last error: (down|no answer)$/)
    }
  })

  it('costs no second timeout when the trace backend is dead as well', async () => {
    const sink = new PushedMetrics({ status: 'retry', reason: 'down' })
    const dead = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo(sink, { sinks: [dead] })
    await delivery.commit([spanItem('a', { measurements: [measured(calls, 1)] })])
    const began = performance.now()
    await delivery.close()
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('hears in the end what became of the items', async () => {
    const sink = new PushedMetrics()
    const dead = new ScriptedSink({ status: 'retry', reason: 'down' })
    const delivery = deliveryTo(sink, { sinks: [dead] })
    await delivery.commit([spanItem('a')])
    await delivery.close()
    const metrics = sink.pushes.at(-1)!.scopeMetrics[0]!.metrics
    expect(
      metrics.map(({ descriptor, dataPoints }) => [descriptor.name, ...dataPoints.map(({ value }) => value)]),
    ).toEqual([
      ['evalspan.delivery.produced', 1],
      ['evalspan.delivery.item', 0, 1],
    ])
  })

  it('that takes no metrics is switched off with one line', async () => {
    const lines: string[] = []
    const sink = new PushedMetrics({ status: 'unsupported', reason: 'no metrics here' }, 20)
    const delivery = deliveryTo(sink, { report: (line) => lines.push(line) })
    await delivery.commit([mark(measured(calls, 1))])
    await sleep(100)
    const { destinations } = await delivery.close()
    expect([sink.pushes.length, destinations, lines]).toEqual([1, [], ['test/metrics: no metrics here']])
  })
})
