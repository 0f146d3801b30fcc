import { messageOf } from '../errors.ts'
import { ageText } from './age-text.ts'
import { attempt, defaultTimeoutMs } from './attempt.ts'
import { Backoff } from './backoff.ts'
import { BatchSize } from './batch-size.ts'
import type { Clock } from './clock.ts'
import type { Outcome, Sink } from './item.ts'
import { oneLine } from './one-line.ts'
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

/** How long a flush may take: until there is no progress for the time limit, or the time limit in all. */
export type Patience = 'progress' | 'strict'

/** Beyond the time that an attempt may take, before another process may take its items for forgotten. */
const spareLeaseMs = 30_000
/** How often items in the hands of other processes are looked after, while somebody waits for them and otherwise. */
const pollMs = { hurried: 200, idle: 5_000 }
const expireEveryMs = 3_600_000
/** Waiting loops look again after so long, whatever they were told. */
const tickMs = 250

/** Brings what waits for one destination to its sink, batch after batch; of several objects at once if the sink allows. */
export class Sender {
  readonly destination: string
  readonly #options: SenderOptions
  readonly #backoff: Backoff
  readonly #changed: Signal
  readonly #lanes: Promise<unknown>
  readonly #underway = new Set<AbortController>()
  readonly #size: BatchSize
  /** What waits, as far as is known here. */
  #waiting = 0
  #waitingBytes = 0
  /** Since when the destination owes progress: something waits, and nothing was answered. */
  #owesSince: number
  #lingersSince = 0
  #pollAt = 0
  #retryAt = 0
  /** The wait is the server's wish, which no hurry cuts short. */
  #asked = false
  #failures = 0
  #hurry = 0
  #closed = false
  #everDelivered = false
  #lastError: string | undefined
  #expiredAt = 0
  #off = false
  #warned = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.destination = options.sink.destination()
    this.#size = new BatchSize(options.sink.limits)
    this.#backoff = new Backoff(options.random)
    this.#changed = new Signal(options.clock)
    this.#owesSince = options.clock.now()
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
    return this.#lastError
  }

  filed({ count, bytes }: Filed): void {
    const now = this.#now()
    if (this.#waiting === 0 && count > 0) {
      this.#lingersSince = now
      if (!this.#backoff.failing) this.#owesSince = now
    }
    this.#waiting += count
    this.#waitingBytes += bytes
    if (count > 0) this.#pollAt = 0
    this.#changed.notify()
  }

  /** Resolves when there is room, or when the destination made no progress for too long. */
  async room(): Promise<void> {
    await this.#hurried(async () => {
      while (this.#isFull() && !this.#ended()) {
        const left = this.#owesSince + this.#options.timeoutMs - this.#now()
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
    const began = this.#now()
    const failures = this.#failures
    const waits = await store.untilNow(this.destination)
    if (!this.#asked) this.#retryAt = began
    await this.#hurried(async () => {
      while (!this.#ended() && (await waits())) {
        const tried = this.#failures > failures
        // A backend that was dead before is tried once more, and not waited for.
        if (tried && this.#backoff.isOpen) return
        const since =
          patience === 'strict' ? began : tried || this.#asked ? this.#owesSince : Math.max(began, this.#owesSince)
        const left = since + timeoutMs - this.#now()
        if (left <= 0 || (this.#asked && this.#retryAt - this.#now() > left)) return
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
    const { store, clock } = this.#options
    const standing = await store.standing(this.destination)
    this.#waiting = standing.waiting
    this.#waitingBytes = standing.waitingBytes
    this.#everDelivered ||= standing.everDelivered
    if (this.#backoff.failing || standing.failures === 0) return
    // Another process has found it dead a moment ago.
    const wait = standing.retryAt - Date.now()
    if (this.#backoff.resume(standing.failures, wait)) this.#retryAt = clock.now() + wait
  }

  async #lane(): Promise<void> {
    while (!this.#ended()) {
      const wait = this.#dueAt() - this.#now()
      if (wait > 0) await this.#changed.wait(wait, this.#isUrgent())
      else await this.#sendNext()
    }
  }

  #dueAt(): number {
    if (!isEnabled(this.sink)) return this.#now() + pollMs.idle
    if (this.#waiting === 0) return Infinity
    // While a backend fails one batch is enough to find out that it is back.
    if (this.#backoff.failing) return this.#underway.size > 0 ? Infinity : Math.max(this.#retryAt, this.#pollAt)
    const { items, bytes } = this.#size.limits
    const ripe = this.#waiting >= items || this.#waitingBytes >= bytes || this.#hurry > 0
    return Math.max(ripe ? 0 : this.#lingersSince + this.#options.lingerMs, this.#pollAt)
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
    this.#lingersSince = this.#now()
    this.#changed.notify()
  }

  /** All that waits is in other hands, or has left. */
  async #idle(): Promise<void> {
    await this.#look()
    this.#pollAt = this.#now() + (this.#hurry > 0 ? pollMs.hurried : pollMs.idle)
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
        this.#progress()
        this.#size.tooLarge(sizeOf(batch))
        return await store.settle(batch, { status: 'returned' })
      case 'unsupported':
        // A backend that took some before does support it: then this is an answer about these items.
        if (this.#everDelivered) return await this.#rejected(batch, outcome.reason)
        await store.settle(batch, { status: 'returned' })
        return await this.#switchOff(outcome.reason)
      case 'blocked':
        await store.settle(batch, { status: 'returned' })
        this.#backoff.open()
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
    this.#progress()
    await this.#options.store.settle(batch, { status: 'returned' })
  }

  async #park(batch: Batch, reason: string): Promise<void> {
    await this.#options.store.settle(batch, { status: 'parked', reason })
    this.#size.parked()
    await this.#leave(batch)
  }

  async #leave(batch: Batch): Promise<void> {
    this.#waiting = Math.max(0, this.#waiting - batch.items.length)
    this.#waitingBytes = Math.max(0, this.#waitingBytes - sizeOf(batch))
    this.#progress()
    // Some of the batch may have been filed by other processes, and what was filed here waits instead of that.
    if (this.#waiting === 0) await this.#look()
  }

  #progress(): void {
    this.#backoff.succeed()
    this.#lastError = undefined
    this.#asked = false
    this.#owesSince = this.#now()
  }

  #fail(reason: string, afterMs?: number): void {
    this.#failures += 1
    const { store } = this.#options
    if (this.#closed) {
      this.#lastError ??= oneLine(reason)
      // So that the account says why it waits; the next process need not wait because of it.
      store
        .failed(this.destination, this.#lastError, Date.now())
        .catch((error: unknown) => this.#warn(messageOf(error)))
      return
    }
    this.#lastError = oneLine(reason)
    this.#asked = afterMs !== undefined
    const wait = this.#backoff.fail(afterMs)
    this.#retryAt = this.#now() + wait
    this.#noteFailure(this.#lastError, Date.now() + wait).catch((error: unknown) => this.#warn(messageOf(error)))
  }

  async #noteFailure(reason: string, retryAt: number): Promise<void> {
    const { store, maxAgeMs } = this.#options
    await store.failed(this.destination, reason, retryAt)
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

  async #hurried(wait: () => Promise<void>): Promise<void> {
    this.#hurry += 1
    this.#pollAt = Math.min(this.#pollAt, this.#now() + pollMs.hurried)
    this.#changed.notify()
    try {
      await wait()
    } finally {
      this.#hurry -= 1
    }
  }

  #warn(message: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#options.report(`${this.sink.name}: ${message}`)
  }

  /** Below the bound, so that several who asked for room do not fill it up together. */
  #isFull(): boolean {
    return this.#waitingBytes > this.#options.maxBytes / 2
  }

  /** The process stays alive for it. */
  #isUrgent(): boolean {
    return this.#hurry > 0 || (!this.#backoff.failing && this.#pollAt <= this.#now())
  }

  #ended(): boolean {
    return this.#off || this.#closed
  }

  #now(): number {
    return this.#options.clock.now()
  }
}

export function isEnabled(sink: Pick<Sink, 'enabled'>): boolean {
  try {
    return sink.enabled()
  } catch {
    return false
  }
}

function sizeOf({ items }: Batch): number {
  return items.reduce((bytes, { size }) => bytes + size, 0)
}
