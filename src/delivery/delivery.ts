import type { CollectionResult, MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { messageOf } from '../errors.ts'
import { attempt } from './attempt.ts'
import { systemClock, type Clock } from './clock.ts'
import { deliveryMetric } from './delivery-metric.ts'
import { flushTimeoutMs } from './flush-timeout.ts'
import type { Committed, Item, Sink } from './item.ts'
import { MemoryStore } from './memory-store.ts'
import { MetricPusher } from './metric-pusher.ts'
import type { MetricSink } from './metrics.ts'
import type { DeliveryReport } from './report.ts'
import { scope } from './scope.ts'
import { Sender } from './sender.ts'
import { Signal } from './signal.ts'
import type { Store } from './store.ts'

export interface DeliveryOptions {
  readonly sinks?: readonly Sink[] | undefined
  readonly metricSinks?: readonly MetricSink[] | undefined
  /** Called with the outcome of every commit, in order. */
  readonly onCommitted?: ((committed: Committed) => void) | undefined
  /** Takes a line worth a user's while; nothing by default. */
  readonly report?: ((message: string) => void) | undefined
  /** In memory by default. It belongs to the delivery, which closes it. */
  readonly store?: Store | undefined
  /** Of the default store: most bytes that may wait for one destination. */
  readonly maxBytes?: number | undefined
  /** `EVALSPAN_FLUSH_TIMEOUT` by default. */
  readonly flushTimeoutMs?: number | undefined
  /** How long an item may wait for others to fill its batch. */
  readonly lingerMs?: number | undefined
  readonly clock?: Clock | undefined
  /** From 0 to 1, for jitter. */
  readonly random?: (() => number) | undefined
}

const closeTimeoutMs = 5_000
/** What Ctrl-C leaves to a flush. */
const graceMs = 3_000
const mostNames = 5
const nothing: Committed = { fresh: [], known: [], superseded: [] }

/** The one door from mapping to all backends: what is committed here is delivered behind the caller's back. */
export class Delivery {
  readonly #store: Store
  readonly #clock: Clock
  readonly #onCommitted: (committed: Committed) => void
  readonly #report: (message: string) => void
  readonly #senders: readonly Sender[]
  readonly #pushers: readonly MetricPusher[]
  readonly #startTime: number
  readonly #timeoutMs: number
  #fresh = { span: 0, log: 0 }
  #known = 0
  #superseded = 0
  readonly #supersededNames = new Set<string>()
  #sendersClosed = false
  #closing: Promise<DeliveryReport> | undefined

  constructor(options: DeliveryOptions = {}) {
    const { clock = systemClock, random = Math.random, lingerMs = 500, maxBytes } = options
    const timeoutMs = options.flushTimeoutMs ?? flushTimeoutMs()
    this.#timeoutMs = timeoutMs
    this.#store = options.store ?? new MemoryStore({ maxBytes, now: () => clock.now() })
    this.#clock = clock
    this.#startTime = clock.now()
    this.#report = guarded(options.report ?? (() => {}))
    this.#onCommitted = guarded(options.onCommitted ?? (() => {}), this.#report)
    const common = { clock, random, timeoutMs, report: this.#report }
    this.#senders = this.#unique(options.sinks ?? []).map(
      (sink) => new Sender({ ...common, sink, store: this.#store, lingerMs }),
    )
    this.#pushers = this.#unique(options.metricSinks ?? []).map(
      (sink) => new MetricPusher({ ...common, sink, collect: async () => (await this.#collect()).resourceMetrics }),
    )
  }

  /** Of the store: `service.instance.id` of its metrics. */
  get instanceId(): string {
    return this.#store.instanceId
  }

  /** The metrics of all that was ever fresh, for any reader of OpenTelemetry's. */
  get metrics(): MetricProducer {
    return { collect: () => this.#collect() }
  }

  /**
   * Takes items over. Never rejects and waits for no network; what there is no room for is dropped and counted. Where
   * that must not happen wait for `room()` before, and commit less than half of the store's bound at a time.
   */
  async commit(items: readonly Item[]): Promise<Committed> {
    const senders = this.#senders.filter(({ off }) => !off)
    try {
      const destinations = senders.map(({ sink, destination }) => ({
        id: destination,
        takes: sink.takes,
        on: isEnabled(sink),
      }))
      const { committed, filed } = await this.#store.commit(items, destinations)
      for (const sender of senders) {
        const share = filed.get(sender.destination)
        if (share) sender.filed(share)
      }
      if (this.#sendersClosed) await Promise.all(senders.map((sender) => sender.close()))
      this.#count(committed)
      this.#onCommitted(committed)
      return committed
    } catch (error) {
      this.#report(`items were lost, because they could not be stored: ${messageOf(error)}`)
      for (const sender of senders) {
        const refused = items.filter(({ kind }) => sender.sink.takes.includes(kind) && isEnabled(sender.sink)).length
        sender.filed({ count: 0, bytes: 0, refused })
      }
      return nothing
    }
  }

  /** Resolves when there is room for more: wait for it before a commit where nothing presses. */
  async room(): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.room()))
  }

  /** Resolves when all is delivered that can be, and the metrics are pushed. */
  async flush(): Promise<void> {
    const began = this.#clock.now()
    const items = Promise.all(this.#senders.map((sender) => sender.flush()))
    // The metrics tell what became of the items, so they go last; a dead trace backend must not use up their time.
    const turn = new Signal(this.#clock)
    void items.then(() => turn.notify())
    if (this.#pushers.length > 0) await turn.wait(this.#timeoutMs / 4, true)
    await Promise.all([items, ...this.#pushers.map((pusher) => pusher.flush(began))])
  }

  /** What became of everything so far. */
  report(): DeliveryReport {
    return {
      fresh: { ...this.#fresh },
      known: this.#known,
      superseded: this.#superseded,
      supersededNames: [...this.#supersededNames],
      destinations: [...this.#senders, ...this.#pushers].filter(({ off }) => !off).map((part) => part.report()),
    }
  }

  /** Flushes, then gives up what is left, naming why. An interrupt leaves it a few seconds from then on. */
  close(interrupt?: AbortSignal): Promise<DeliveryReport> {
    this.#closing ??= this.#close(interrupt)
    return this.#closing
  }

  async #close(interrupt: AbortSignal | undefined): Promise<DeliveryReport> {
    await this.#flushUntil(interrupt)
    const gaveUp = !interrupt?.aborted && this.#senders.some((sender) => !sender.off && sender.report().waiting > 0)
    this.#sendersClosed = true
    await Promise.all(this.#senders.map((sender) => sender.close()))
    // One that did not answer the flush would take its time once more.
    const working = this.#pushers.filter((pusher) => !pusher.failing && pusher.report().waiting === 0)
    if (gaveUp) await Promise.all(working.map((pusher) => pusher.flush(this.#clock.now())))
    await Promise.all(this.#pushers.map((pusher) => pusher.close()))
    const parts = [...this.#senders, ...this.#pushers].map(({ sink }) => sink)
    await Promise.all([...parts, this.#store].map((part) => this.#closePart(part)))
    return this.report()
  }

  async #flushUntil(interrupt: AbortSignal | undefined): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    let cancel = (): void => {}
    const hurry = (): void => {
      cancel = this.#clock.after(graceMs, resolve, true)
    }
    if (interrupt?.aborted) hurry()
    else interrupt?.addEventListener('abort', hurry, { once: true })
    await Promise.race([this.flush(), over])
    interrupt?.removeEventListener('abort', hurry)
    cancel()
  }

  async #closePart(part: { readonly name?: string; close?(): Promise<void> }): Promise<void> {
    const close = async (): Promise<{ readonly status: 'delivered' }> => {
      await part.close?.()
      return { status: 'delivered' }
    }
    const controller = new AbortController()
    const outcome = await attempt(close, { clock: this.#clock, controller, timeoutMs: closeTimeoutMs, hold: true })
    if (outcome.status === 'retry') this.#report(`${part.name ?? 'store'} did not close: ${outcome.reason}`)
  }

  async #collect(): Promise<CollectionResult> {
    const metrics = await this.#store.metrics()
    const own = await deliveryMetric(
      this.#senders.filter(({ off }) => !off).map((sender) => sender.report()),
      { start: this.#startTime, end: this.#clock.now() },
    )
    const { resourceFromAttributes } = await import('@opentelemetry/resources')
    const resource = resourceFromAttributes({ 'service.instance.id': this.instanceId })
    const all = own ? [...metrics, own] : metrics
    const resourceMetrics: ResourceMetrics = {
      resource,
      scopeMetrics: all.length > 0 ? [{ scope, metrics: all }] : [],
    }
    return { resourceMetrics, errors: [] }
  }

  #count({ fresh, known, superseded }: Committed): void {
    for (const { kind } of fresh) if (kind !== 'mark') this.#fresh[kind] += 1
    this.#known += known.length
    this.#superseded += superseded.length
    for (const item of superseded) {
      if (this.#supersededNames.size >= mostNames) break
      this.#supersededNames.add(nameOf(item))
    }
  }

  /** Two sinks that go to the same place would send everything twice. */
  #unique<S extends { readonly name: string; destination(): string }>(sinks: readonly S[]): S[] {
    const seen = new Set<string>()
    return sinks.filter((sink) => {
      const destination = sink.destination()
      const isNew = !seen.has(destination)
      if (!isNew) this.#report(`${sink.name}: another sink goes to ${destination} already; this one is left out`)
      seen.add(destination)
      return isNew
    })
  }
}

function nameOf(item: Item): string {
  if (item.kind === 'span') return `${item.body.name} (${item.id})`
  return item.kind === 'log' ? `${item.body.eventName} (${item.id})` : item.id
}

function isEnabled(sink: Sink): boolean {
  try {
    return sink.enabled()
  } catch {
    return false
  }
}

/** A host's callback that throws must not take delivery down. */
function guarded<T>(callback: (value: T) => void, report?: (message: string) => void): (value: T) => void {
  return (value) => {
    try {
      callback(value)
    } catch (error) {
      report?.(`a listener failed: ${messageOf(error)}`)
    }
  }
}
