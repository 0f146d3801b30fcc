import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { messageOf } from '../errors.ts'
import { attempt } from './attempt.ts'
import { Books } from './books.ts'
import { systemClock, type Clock } from './clock.ts'
import { collectMetrics } from './collect-metrics.ts'
import { flushTimeoutMs } from './flush-timeout.ts'
import { isEnabled } from './is-enabled.ts'
import type { Committed, Draft, Item, Sink } from './item.ts'
import { MetricPusher } from './metric-pusher.ts'
import type { MetricSink } from './metrics.ts'
import type { Patience } from './patience.ts'
import type { DeliveryReport } from './report.ts'
import { Sender } from './sender.ts'
import { Signal } from './signal.ts'
import { Store } from './store.ts'
import { Tally } from './tally.ts'

export interface DeliveryOptions {
  readonly sinks?: readonly Sink[] | undefined
  readonly metricSinks?: readonly MetricSink[] | undefined
  /** Called with the outcome of every commit, in order. */
  readonly onCommitted?: ((committed: Committed) => void) | undefined
  /** Takes a line worth a user's while; nothing by default. */
  readonly report?: ((message: string) => void) | undefined
  /** Takes secrets out of what servers say. */
  readonly mask?: ((text: string) => string) | undefined
  /** Database files for the outbox, the first that works is used; left out, everything is kept in memory. */
  readonly paths?: readonly string[] | undefined
  /** Why the folder that was meant is not among them. */
  readonly problems?: readonly string[] | undefined
  /** The outbox is in a thread of its own, which one on disk always is. */
  readonly threaded?: boolean | undefined
  /** Most bytes that may wait for one destination: 64 MiB when left out. */
  readonly maxBytes?: number | undefined
  /** How long an item may wait; 30 days when left out. */
  readonly maxAgeMs?: number | undefined
  /** `EVALSPAN_FLUSH_TIMEOUT` by default. */
  readonly flushTimeoutMs?: number | undefined
  /** `progress` for a command whose work it is to send, `strict` for a host that has better things to do. */
  readonly patience?: Patience | undefined
  /** Items that a destination has had are sent to it once more. */
  readonly again?: boolean | undefined
  /** How long an item may wait for others to fill its batch. */
  readonly lingerMs?: number | undefined
  readonly clock?: Clock | undefined
  /** From 0 to 1, for jitter. */
  readonly random?: (() => number) | undefined
}

const closeTimeoutMs = 5_000
/** What Ctrl-C leaves to a flush. */
const graceMs = 3_000
const nothing: Committed = { fresh: [], known: [], superseded: [] }
const dayMs = 86_400_000

/** The one door from mapping to all backends: what is committed here is delivered behind the caller's back. */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #store: Store
  readonly #clock: Clock
  readonly #onCommitted: (committed: Committed) => void
  readonly #report: (message: string) => void
  readonly #senders: readonly Sender[]
  readonly #pushers: readonly MetricPusher[]
  readonly #timeoutMs: number
  readonly #patience: Patience
  readonly #tally: Tally
  readonly #books: Books
  #closing: Promise<DeliveryReport> | undefined

  constructor(options: DeliveryOptions = {}) {
    const { clock = systemClock, random = Math.random, lingerMs = 500, maxBytes = 64 * 2 ** 20 } = options
    const timeoutMs = options.flushTimeoutMs ?? flushTimeoutMs()
    this.#options = options
    const tally = (this.#tally = new Tally(options.again ?? false))
    this.#timeoutMs = timeoutMs
    this.#patience = options.patience ?? 'progress'
    this.#clock = clock
    this.#report = guarded(options.report ?? (() => {}))
    this.#onCommitted = guarded(options.onCommitted ?? (() => {}), this.#report)
    const sinks = this.#unique(options.sinks ?? [])
    const metricSinks = this.#unique(options.metricSinks ?? [])
    const { paths, problems, threaded, maxAgeMs = 30 * dayMs } = options
    const store = (this.#store = new Store({
      sinks,
      metricSinks,
      paths,
      problems,
      threaded,
      maxBytes,
      tell: this.#report,
      now: () => clock.now(),
    }))
    const common = { store, clock, random, timeoutMs, report: this.#report, mask: options.mask }
    this.#senders = sinks.map((sink) => new Sender({ ...common, sink, lingerMs, maxBytes, maxAgeMs }))
    this.#pushers = metricSinks.map((sink) => new MetricPusher({ ...common, sink, collect: () => this.#collect() }))
    this.#books = new Books({ store, senders: this.#senders, pushers: this.#pushers, tally, report: this.#report })
  }

  /** What waits and what was seen, for commands that ask. */
  get store(): Store {
    return this.#store
  }

  /** The metrics of all that was ever fresh, for any reader of OpenTelemetry's. */
  get metrics(): MetricProducer {
    return { collect: async () => ({ resourceMetrics: await this.#collect(), errors: [] }) }
  }

  /**
   * Takes items over, and spans that have begun. Never rejects and waits for no network; what there is no room for is
   * dropped and counted. Where that must not happen wait for `room()` before, and commit less than half of the bound at a
   * time.
   */
  async commit(items: readonly Item[], drafts: readonly Draft[] = []): Promise<Committed> {
    const senders = this.#senders.filter((sender) => !sender.off && isEnabled(sender.sink))
    try {
      const on = senders.map(({ destination }) => destination)
      const { again } = this.#options
      const { committed, filed, before, resent } = await this.#store.commit(items, { drafts, on, again })
      for (const share of filed) {
        senders.find(({ destination }) => destination === share.destination)?.filed(share)
      }
      this.#tally.add(committed, before, resent)
      this.#onCommitted(committed)
      return committed
    } catch (error) {
      const reason = messageOf(error)
      this.#report(`items were lost, because they could not be stored: ${reason}`)
      for (const { sink, destination } of senders) {
        const own = items.filter(({ kind }) => sink.takes.includes(kind))
        this.#tally.lose(destination, own, reason)
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
    const items = Promise.all(this.#senders.map((sender) => sender.flush(this.#patience)))
    // The metrics tell what became of the items, so they go last; a dead trace backend must not use up their time.
    const turn = new Signal(this.#clock)
    void items.then(() => turn.notify())
    if (this.#pushers.length > 0) await turn.wait(this.#timeoutMs / 4, true)
    await Promise.all([items, ...this.#pushers.map((pusher) => pusher.flush(began, this.#patience))])
  }

  /** What became of everything so far. */
  report(): Promise<DeliveryReport> {
    return this.#books.report()
  }

  /** Flushes, and ends. What is left stays in the outbox, or is dropped with its reason where there is none. */
  close(interrupt?: AbortSignal): Promise<DeliveryReport> {
    this.#closing ??= this.#close(interrupt)
    return this.#closing
  }

  async #close(interrupt: AbortSignal | undefined): Promise<DeliveryReport> {
    await this.#flushUntil(interrupt)
    const whereabouts = await this.#books.whereabouts()
    await Promise.all(this.#senders.map((sender) => sender.close()))
    // One that did not answer the flush would take its time once more.
    const working = this.#pushers.filter((pusher) => !pusher.failing && pusher.report().waiting === 0)
    if (!interrupt?.aborted && this.#senders.some(({ lastError }) => lastError !== undefined)) {
      await Promise.all(working.map((pusher) => pusher.flush(this.#clock.now(), 'strict')))
    }
    await Promise.all(this.#pushers.map((pusher) => pusher.close(whereabouts.place !== undefined)))
    const parts = [...this.#senders, ...this.#pushers].map(({ sink }) => sink)
    await Promise.all(parts.map((part) => this.#closePart(part)))
    return await this.#books.close(whereabouts)
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

  async #collect(): Promise<ResourceMetrics> {
    const isOn = (destination: string): boolean =>
      this.#senders.some((sender) => sender.destination === destination && !sender.off)
    return await collectMetrics(this.#store, isOn, this.#clock.now())
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
