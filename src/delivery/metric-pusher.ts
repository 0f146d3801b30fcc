import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { messageOf } from '../errors.ts'
import { attempt, defaultTimeoutMs } from './attempt.ts'
import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { isEnabled } from './is-enabled.ts'
import type { Outcome } from './item.ts'
import type { MetricSink } from './metrics.ts'
import { oneLine } from './one-line.ts'
import type { Patience } from './patience.ts'
import type { DestinationReport } from './report.ts'
import { Signal } from './signal.ts'
import type { Push, Store } from './store.ts'

export interface MetricPusherOptions {
  readonly sink: MetricSink
  readonly store: Store
  readonly collect: () => Promise<ResourceMetrics>
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly report: (message: string) => void
  /** Takes secrets out of what a server says. */
  readonly mask?: ((text: string) => string) | undefined
}

/** Beyond the time that an attempt may take, before another process may push in its place. */
const spareLeaseMs = 30_000

/**
 * Pushes the metrics to one backend: every interval, and when a flush asks. A push that fails is replaced by the next
 * one, which holds everything again, so only the last one counts.
 */
export class MetricPusher {
  readonly destination: string
  readonly #options: MetricPusherOptions
  readonly #backoff: Backoff
  readonly #changed: Signal
  readonly #loop: Promise<void>
  #push: Push | undefined
  #dueAt: number
  #owesSince = 0
  #asked = false
  #attempts = 0
  #failures = 0
  /** Pushes that were asked for, and up to which of them all were answered. */
  #wanted = 0
  #answered = 0
  #lastError: string | undefined
  #current: AbortController | undefined
  #closed = false
  #off = false
  #everDelivered = false

  constructor(options: MetricPusherOptions) {
    this.#options = options
    this.destination = options.sink.destination()
    this.#backoff = new Backoff(options.random)
    this.#changed = new Signal(options.clock)
    this.#dueAt = options.clock.now() + options.sink.intervalMs
    this.#loop = this.#run().catch((error: unknown) => options.report(`${options.sink.name}: ${messageOf(error)}`))
  }

  get sink(): MetricSink {
    return this.#options.sink
  }

  get off(): boolean {
    return this.#off
  }

  get failing(): boolean {
    return this.#backoff.failing
  }

  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Of the last push. */
  report(): DestinationReport {
    const { name: sink, address } = this.sink
    const push = this.#push ?? emptyPush
    return { sink, destination: this.destination, address, isMetrics: true, ...push, drafts: 0, superseded: 0 }
  }

  /**
   * Resolves when all that is measured now is pushed, or when waiting longer is no use. `began` is when the flush began
   * of which this is a part.
   */
  async flush(began: number, patience: Patience): Promise<void> {
    const { clock, timeoutMs } = this.#options
    const attempts = this.#attempts
    const failures = this.#failures
    const ticket = (this.#wanted += 1)
    if (!this.failing) this.#owesSince = began
    if (!this.#asked) this.#dueAt = clock.now()
    this.#changed.notify()
    while (this.#answered < ticket && !this.#ended()) {
      if (this.#failures > failures && this.#backoff.isOpen) return
      const untried = this.#attempts === attempts && !this.#asked
      const since = untried ? Math.max(this.#owesSince, began - timeoutMs / 2) : this.#owesSince
      const left = (patience === 'strict' ? began : since) + timeoutMs - clock.now()
      if (left <= 0 || (this.#asked && this.#dueAt - clock.now() > left)) return
      await this.#changed.wait(left, true)
    }
  }

  /** Stops at once. What was not pushed stays in the outbox, for the next push; in memory it is dropped. */
  async close(isDurable: boolean): Promise<void> {
    this.#closed = true
    this.#current?.abort(new Error('no answer'))
    this.#changed.notify()
    await this.#loop
    const { waiting } = this.#push ?? emptyPush
    if (isDurable || waiting === 0) return
    const reason = this.#lastError === undefined ? 'given up' : `given up; last error: ${this.#lastError}`
    const reasons = [{ outcome: 'dropped', reason, count: waiting, names: [] }] as const
    this.#push = { ...emptyPush, produced: waiting, dropped: waiting, reasons }
  }

  async #run(): Promise<void> {
    while (!this.#ended()) {
      const wait = this.#dueAt - this.#options.clock.now()
      if (wait > 0) await this.#changed.wait(wait)
      else await this.#next()
    }
  }

  async #next(): Promise<void> {
    const { sink, collect, clock } = this.#options
    const ticket = this.#wanted
    this.#dueAt = clock.now() + sink.intervalMs
    try {
      const points = isEnabled(sink) ? countPoints(await collect()) : 0
      if (points > 0) await this.#send(points, ticket)
      else this.#answered = ticket
    } catch (error) {
      this.#fail(messageOf(error))
    }
    this.#attempts += 1
    this.#changed.notify()
  }

  async #send(points: number, ticket: number): Promise<void> {
    const { sink, store, collect, clock, mask } = this.#options
    const { timeoutMs = defaultTimeoutMs } = sink
    const controller = (this.#current = new AbortController())
    if (this.#closed) controller.abort(new Error('no answer'))
    this.#push = { ...emptyPush, produced: points, waiting: points }
    let sent = points
    let state: Outcome | undefined
    const send = async (signal: AbortSignal): Promise<Outcome> => {
      const before = await store.beginPush(this.destination, timeoutMs + spareLeaseMs, signal)
      // Another process may have pushed in the meantime: what is sent after that must not be older.
      const metrics = await collect()
      sent = countPoints(metrics)
      return (state = await sink.send(metrics, { signal, state: before }))
    }
    const outcome = await attempt(send, { clock, controller, timeoutMs, mask })
    this.#push = pushOf(outcome, sent, this.#everDelivered)
    await store.endPush(this.destination, this.#push, state?.status === 'delivered' ? state.state : undefined)
    this.#conclude(outcome, ticket)
    if (this.#lastError !== undefined) {
      await store.failed(this.destination, oneLine(this.#lastError), Date.now() + this.#dueAt - clock.now())
    }
  }

  #conclude(outcome: Outcome, ticket: number): void {
    switch (outcome.status) {
      case 'delivered':
        this.#everDelivered = true
        return this.#answer(ticket)
      case 'rejected':
      case 'too-large':
        return this.#answer(ticket)
      case 'unsupported':
        if (this.#everDelivered) return this.#answer(ticket)
        this.#off = true
        return this.#options.report(`${this.sink.name}: ${oneLine(outcome.reason)}`)
      case 'blocked':
        this.#backoff.open()
        return this.#fail(outcome.reason)
      case 'retry':
        return this.#fail(outcome.reason, outcome.afterMs)
      default:
        throw new Error(`the sink gave an unknown outcome: ${JSON.stringify(outcome satisfies never)}`)
    }
  }

  #answer(ticket: number): void {
    this.#answered = ticket
    this.#backoff.succeed()
    this.#asked = false
    this.#lastError = undefined
    this.#owesSince = this.#options.clock.now()
    // A flush that came while this was on its way wants what was measured since.
    if (this.#wanted > ticket) this.#dueAt = this.#owesSince
  }

  #fail(reason: string, afterMs?: number): void {
    const now = this.#options.clock.now()
    this.#failures += 1
    if (this.#closed) {
      this.#lastError ??= reason
      return
    }
    if (!this.#backoff.failing && this.#wanted === this.#answered) this.#owesSince = now
    this.#lastError = reason
    this.#asked = afterMs !== undefined
    this.#dueAt = now + this.#backoff.fail(afterMs)
  }

  #ended(): boolean {
    return this.#off || this.#closed
  }
}

const emptyPush: Push = { produced: 0, delivered: 0, waiting: 0, rejected: 0, dropped: 0, reasons: [] }

function pushOf(outcome: Outcome, points: number, everDelivered: boolean): Push {
  const refused = (rejected: number, reason = 'the server gave no reason'): Push => ({
    ...emptyPush,
    produced: points,
    delivered: points - rejected,
    rejected,
    reasons: rejected > 0 ? [{ outcome: 'rejected', reason: oneLine(reason), count: rejected, names: [] }] : [],
  })
  switch (outcome.status) {
    case 'delivered':
      return refused(Math.max(0, Math.min(points, Math.trunc(outcome.rejected ?? 0))), outcome.reason)
    case 'rejected':
    case 'too-large':
      return refused(points, outcome.reason)
    case 'unsupported':
      return everDelivered ? refused(points, outcome.reason) : emptyPush
    default:
      return { ...emptyPush, produced: points, waiting: points }
  }
}

/** Data points are what a server counts. */
function countPoints({ scopeMetrics }: ResourceMetrics): number {
  const all = scopeMetrics.flatMap(({ metrics }) => metrics)
  return all.reduce((count, { dataPoints }) => count + dataPoints.length, 0)
}
