import { messageOf } from '../errors.ts'
import { ageText } from './age-text.ts'
import { attempt, defaultTimeoutMs } from './attempt.ts'
import { Backlog } from './backlog.ts'
import { BatchSize } from './batch-size.ts'
import type { Clock } from './clock.ts'
import { Health } from './health.ts'
import type { Outcome, Sink } from './item.ts'
import { oneLine } from './one-line.ts'
import { Pace } from './pace.ts'
import type { Patience } from './patience.ts'
import { Signal } from './signal.ts'
import type { Batch, Filed, Store } from './store.ts'

export interface SenderOptions {
  readonly sink: Sink
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  /** How long an item may wait for others to fill its batch. */
  readonly lingerMs: number
  /** How long a destination may make no progress before waiting for it ends. */
  readonly timeoutMs: number
  /** Most bytes that may wait. */
  readonly maxBytes: number
  /** How long an item may wait. */
  readonly maxAgeMs: number
  readonly report: (message: string) => void
  /** Takes secrets out of what a server says. */
  readonly mask?: ((text: string) => string) | undefined
}

/** Beyond the time that an attempt may take, before another process may take its items for forgotten. */
const spareLeaseMs = 30_000
const expireEveryMs = 3_600_000
/** Waiting loops look again after so long, whatever they were told. */
const tickMs = 250

/** Brings what waits for one destination to its sink, batch after batch; of several objects at once if the sink allows. */
export class Sender {
  readonly destination: string
  readonly #options: SenderOptions
  readonly #health: Health
  readonly #backlog = new Backlog()
  readonly #changed: Signal
  readonly #pace: Pace
  readonly #lanes: Promise<unknown>
  readonly #underway = new Set<AbortController>()
  readonly #size: BatchSize
  #closed = false
  #everDelivered = false
  #expiredAt = 0
  #off = false
  #warned = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.destination = options.sink.destination()
    const size = (this.#size = new BatchSize(options.sink.limits))
    const health = (this.#health = new Health(options.clock, options.random))
    const changed = (this.#changed = new Signal(options.clock))
    this.#pace = new Pace({ ...options, backlog: this.#backlog, health, size, changed })
    this.#lanes = this.#start().catch((error: unknown) => options.report(`${options.sink.name}: ${messageOf(error)}`))
  }

  get sink(): Sink {
    return this.#options.sink
  }

  /** The backend turned out to take nothing of this kind. */
  get off(): boolean {
    return this.#off
  }

  /** Why something still waits. */
  get lastError(): string | undefined {
    return this.#health.lastError
  }

  filed(filed: Filed): void {
    if (this.#backlog.isEmpty && filed.count > 0) this.#health.owes()
    this.#backlog.filed(filed, this.#now())
    if (filed.count > 0) this.#pace.filed()
    this.#changed.notify()
  }

  /** Resolves when there is room, or when the destination made no progress for too long. */
  async room(): Promise<void> {
    await this.#pace.hurried(async () => {
      while (this.#isFull() && !this.#ended()) {
        const left = this.#health.owesSince + this.#options.timeoutMs - this.#now()
        if (left <= 0) return
        await this.#changed.wait(Math.min(left, tickMs), true)
      }
    })
  }

  /** Resolves when nothing waits of what was committed before, or when waiting longer is no use. */
  async flush(patience: Patience): Promise<void> {
    try {
      await this.#flush(patience)
    } catch (error) {
      // The outbox cannot be asked.
      this.#warn(messageOf(error))
    }
  }

  async #flush(patience: Patience): Promise<void> {
    const { timeoutMs, store } = this.#options
    const health = this.#health
    const began = this.#now()
    const { failures } = health
    const waits = await store.untilNow(this.destination)
    health.hurry(began)
    await this.#pace.hurried(async () => {
      while (!this.#ended() && (await waits())) {
        const tried = health.failures > failures
        // A backend that was dead before is tried once more, and not waited for.
        if (tried && health.isDead) return
        const { asked, owesSince } = health
        const since = patience === 'strict' ? began : tried || asked ? owesSince : Math.max(began, owesSince)
        const left = since + timeoutMs - this.#now()
        if (left <= 0 || (asked && health.retryAt - this.#now() > left)) return
        await this.#changed.wait(Math.min(left, tickMs), true)
      }
    })
  }

  /** Stops at once; what waits stays. */
  async close(): Promise<void> {
    this.#closed = true
    for (const controller of this.#underway) controller.abort(new Error('no answer'))
    this.#changed.notify()
    await this.#lanes
  }

  async #start(): Promise<void> {
    await this.#look()
    await Promise.all(Array.from({ length: this.sink.concurrency ?? 1 }, () => this.#lane()))
  }

  /** How things are, whoever brought them there. */
  async #look(): Promise<void> {
    const standing = await this.#options.store.standing(this.destination)
    this.#backlog.set(standing)
    this.#everDelivered ||= standing.everDelivered
    this.#health.learn(standing)
  }

  async #lane(): Promise<void> {
    while (!this.#ended()) {
      const wait = this.#pace.dueAt(this.#underway.size > 0) - this.#now()
      if (wait > 0) await this.#changed.wait(wait, this.#pace.isUrgent)
      else await this.#sendNext()
    }
  }

  async #sendNext(): Promise<void> {
    const { sink, store, clock, mask } = this.#options
    const controller = new AbortController()
    this.#underway.add(controller)
    let batch: Batch | undefined
    try {
      const { timeoutMs = defaultTimeoutMs } = sink
      batch = await store.next(this.destination, { ...this.#size.limits, leaseMs: timeoutMs + spareLeaseMs })
      if (!batch) await this.#idle()
      else if (this.#closed) await store.settle(batch, { status: 'returned' })
      else {
        const { items, state } = batch
        const send = (signal: AbortSignal): Promise<Outcome> => sink.send(items, { signal, state })
        await this.#conclude(batch, await attempt(send, { clock, controller, timeoutMs, mask }))
      }
    } catch (error) {
      this.#fail(messageOf(error))
      // Nobody could send its items before the lease ends. Where they have left the line this changes nothing.
      if (batch) await store.settle(batch, { status: 'returned' }).catch(() => {})
    }
    this.#underway.delete(controller)
    this.#backlog.tried(this.#now())
    this.#changed.notify()
  }

  /** All that waits is in other hands, or has left. */
  async #idle(): Promise<void> {
    await this.#look()
    this.#pace.idle()
  }

  async #conclude(batch: Batch, outcome: Outcome): Promise<void> {
    const { items } = batch
    const { store } = this.#options
    switch (outcome.status) {
      case 'delivered':
        return await this.#delivered(batch, outcome)
      case 'rejected':
        return await this.#rejected(batch, outcome.reason)
      case 'too-large':
        if (items.length === 1) return await this.#park(batch, outcome.reason)
        this.#health.progress()
        this.#size.tooLarge(sizeOf(batch))
        return await store.settle(batch, { status: 'returned' })
      case 'unsupported':
        // A backend that took some before does support it: then this is an answer about these items.
        if (this.#everDelivered) return await this.#rejected(batch, outcome.reason)
        await store.settle(batch, { status: 'returned' })
        return await this.#switchOff(outcome.reason)
      case 'blocked':
        await store.settle(batch, { status: 'returned' })
        this.#health.blocked()
        return this.#fail(outcome.reason)
      case 'retry':
        await store.settle(batch, { status: 'returned' })
        return this.#fail(outcome.reason, outcome.afterMs)
      default:
        throw new Error(`unknown outcome: ${String(outcome satisfies never)}`)
    }
  }

  async #delivered(
    batch: Batch,
    { rejected = 0, reason, state }: Extract<Outcome, { status: 'delivered' }>,
  ): Promise<void> {
    const refused = Math.min(batch.items.length, Math.max(0, Math.trunc(rejected)))
    const why = reason ?? 'the server gave no reason'
    await this.#options.store.settle(batch, { status: 'delivered', rejected: refused, reason: why, state })
    if (refused === 0 && reason !== undefined) this.#warn(`the server says: ${oneLine(reason)}`)
    this.#everDelivered = true
    this.#size.delivered()
    await this.#leave(batch)
  }

  /** Perhaps one item is at fault, which smaller and smaller batches find: the others must not suffer for it. */
  async #rejected(batch: Batch, reason: string): Promise<void> {
    if (!this.#size.refused(batch.items.length)) return await this.#park(batch, reason)
    this.#health.progress()
    await this.#options.store.settle(batch, { status: 'returned' })
  }

  async #park(batch: Batch, reason: string): Promise<void> {
    await this.#options.store.settle(batch, { status: 'parked', reason })
    this.#size.parked()
    await this.#leave(batch)
  }

  async #leave(batch: Batch): Promise<void> {
    this.#backlog.left(batch.items.length, sizeOf(batch))
    this.#health.progress()
    // Some of the batch may have been filed by other processes, and what was filed here waits instead of that.
    if (this.#backlog.isEmpty) await this.#look()
  }

  #fail(reason: string, afterMs?: number): void {
    const noted = this.#closed ? this.#noteLast(reason) : this.#noteFailure(reason, afterMs)
    noted.catch((error: unknown) => this.#warn(messageOf(error)))
  }

  /** So that the account says why it waits; the next process need not wait because of it. */
  async #noteLast(reason: string): Promise<void> {
    await this.#options.store.failed(this.destination, this.#health.end(reason), Date.now())
  }

  async #noteFailure(reason: string, afterMs: number | undefined): Promise<void> {
    const { store, maxAgeMs } = this.#options
    const wait = this.#health.fail(reason, afterMs)
    await store.failed(this.destination, oneLine(reason), Date.now() + wait)
    // Only what a backend had its chance to take is ever too old: a clock may be wrong.
    if (this.#now() - this.#expiredAt < expireEveryMs && this.#expiredAt > 0) return
    this.#expiredAt = this.#now()
    await store.expire(this.destination, maxAgeMs, `older than ${ageText(maxAgeMs)} (EVALSPAN_OUTBOX_MAX_AGE)`)
  }

  async #switchOff(reason: string): Promise<void> {
    this.#off = true
    await this.#options.store.disown(this.destination)
    this.#options.report(`${this.sink.name}: ${oneLine(reason)}`)
  }

  #warn(message: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#options.report(`${this.sink.name}: ${message}`)
  }

  /** Below the bound, so that several who asked for room do not fill it up together. */
  #isFull(): boolean {
    return this.#backlog.bytes > this.#options.maxBytes / 2
  }

  #ended(): boolean {
    return this.#off || this.#closed
  }

  #now(): number {
    return this.#options.clock.now()
  }
}

function sizeOf({ items }: Batch): number {
  return items.reduce((bytes, { size }) => bytes + size, 0)
}
