import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { messageOf } from '../errors.ts'
import { Account, oneLine } from './account.ts'
import { attempt } from './attempt.ts'
import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Outcome } from './item.ts'
import type { MetricSink } from './metrics.ts'
import type { DestinationReport } from './report.ts'
import { Signal } from './signal.ts'

export interface MetricPusherOptions {
  readonly sink: MetricSink
  readonly collect: () => Promise<ResourceMetrics>
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly report: (message: string) => void
}

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
  #account = new Account()
  #points = 0
  #dueAt: number
  #owesSince = 0
  #asked = false
  #attempts = 0
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

  report(): DestinationReport {
    return this.#account.report(this.sink)
  }

  /**
   * Resolves when all that is measured now is pushed, or when the backend made no progress for too long.
   * `began` is when the flush began of which this is a part.
   */
  async flush(began: number): Promise<void> {
    const { clock, timeoutMs } = this.#options
    const attempts = this.#attempts
    const ticket = (this.#wanted += 1)
    if (!this.failing) this.#owesSince = began
    if (!this.#asked) this.#dueAt = clock.now()
    this.#changed.notify()
    while (this.#answered < ticket && !this.#ended()) {
      const untried = this.#attempts === attempts && !this.#asked
      const deadline = untried ? Math.max(this.#owesSince, began - timeoutMs / 2) : this.#owesSince
      const left = deadline + timeoutMs - clock.now()
      if (left <= 0) return
      await this.#changed.wait(left, true)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#current?.abort(new Error('no answer'))
    this.#changed.notify()
    await this.#loop
    const { waiting } = this.#account
    const cause = this.#lastError === undefined ? '' : `; last error: ${this.#lastError}`
    if (waiting > 0) this.#account.drop(waiting, 0, `given up${cause}`)
  }

  async #run(): Promise<void> {
    while (!this.#ended()) {
      const wait = this.#dueAt - this.#options.clock.now()
      if (wait > 0) await this.#changed.wait(wait)
      else await this.#push()
    }
  }

  async #push(): Promise<void> {
    const { sink, collect, clock } = this.#options
    const ticket = this.#wanted
    this.#dueAt = clock.now() + sink.intervalMs
    try {
      const metrics = sink.enabled() ? await collect() : undefined
      this.#points = countPoints(metrics)
      if (metrics && this.#points > 0) {
        this.#account = new Account()
        this.#account.file(this.#points, 0)
        const send = (signal: AbortSignal): Promise<Outcome> => sink.send(metrics, { signal })
        const controller = (this.#current = new AbortController())
        if (this.#closed) controller.abort(new Error('no answer'))
        this.#conclude(await attempt(send, { clock, controller, timeoutMs: sink.timeoutMs }), ticket)
      } else this.#answered = ticket
    } catch (error) {
      this.#fail(messageOf(error))
    }
    this.#attempts += 1
    this.#changed.notify()
  }

  #conclude(outcome: Outcome, ticket: number): void {
    switch (outcome.status) {
      case 'delivered': {
        const rejected = Math.max(0, Math.min(this.#points, Math.trunc(outcome.rejected ?? 0)))
        this.#account.deliver(this.#points - rejected, 0)
        this.#everDelivered = true
        this.#account.reject(rejected, 0, outcome.reason ?? 'the server gave no reason')
        return this.#answer(ticket)
      }
      case 'rejected':
      case 'too-large':
        this.#account.reject(this.#points, 0, outcome.reason)
        return this.#answer(ticket)
      case 'unsupported':
        if (this.#everDelivered) {
          this.#account.reject(this.#points, 0, outcome.reason)
          return this.#answer(ticket)
        }
        this.#off = true
        return this.#options.report(`${this.sink.name}: ${oneLine(outcome.reason)}`)
      case 'blocked':
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

/** Data points are what a server counts. */
function countPoints(metrics: ResourceMetrics | undefined): number {
  const all = metrics?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return all.reduce((count, { dataPoints }) => count + dataPoints.length, 0)
}
