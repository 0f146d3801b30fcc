import { messageOf } from '../errors.ts'
import { Account, oneLine } from './account.ts'
import { attempt } from './attempt.ts'
import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { BatchLimits, Item, ObjectState, Outcome, Sink } from './item.ts'
import type { DestinationReport } from './report.ts'
import { Signal } from './signal.ts'
import type { Filed, Store } from './store.ts'

export interface SenderOptions {
  readonly sink: Sink
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  /** How long an item may wait for others to fill its batch. */
  readonly lingerMs: number
  /** How long a destination may make no progress before waiting for it ends. */
  readonly timeoutMs: number
  readonly report: (message: string) => void
}

/** Batches grow again after so many that went well. */
const successesToGrow = 8

/**
 * Brings what waits for one destination to its sink, batch after batch. One loop does all sending, settling and
 * dropping, so that an item is never in two hands.
 */
export class Sender {
  readonly destination: string
  readonly #options: SenderOptions
  readonly #account = new Account()
  readonly #backoff: Backoff
  readonly #changed: Signal
  readonly #loop: Promise<void>
  #limits: BatchLimits
  #successes = 0
  /** Since when the destination owes progress: something waits, and nothing was answered. */
  #owesSince: number
  #lingersSince = 0
  #retryAt = 0
  /** The wait is the server's wish, which no hurry cuts short. */
  #asked = false
  #attempts = 0
  #hurry = 0
  #closed = false
  #current: AbortController | undefined
  #givesUp = false
  #lastError: string | undefined
  #off = false
  #warned = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.destination = options.sink.destination()
    this.#limits = options.sink.limits
    this.#backoff = new Backoff(options.random)
    this.#changed = new Signal(options.clock)
    this.#owesSince = options.clock.now()
    this.#loop = this.#run().catch((error: unknown) => options.report(`${options.sink.name}: ${messageOf(error)}`))
  }

  get sink(): Sink {
    return this.#options.sink
  }

  /** The backend turned out to take nothing of this kind. */
  get off(): boolean {
    return this.#off
  }

  report(): DestinationReport {
    return this.#account.report(this.sink)
  }

  filed({ count, bytes, refused }: Filed): void {
    const now = this.#now()
    if (this.#account.waiting === 0 && count > 0) {
      this.#lingersSince = now
      if (!this.#backoff.failing) this.#owesSince = now
    }
    this.#account.file(count, bytes)
    if (refused > 0) this.#account.refuse(refused, this.#describe('too much was waiting'))
    this.#changed.notify()
  }

  /** Resolves when there is room; what waits for a destination that made no progress for too long is dropped for it. */
  async room(): Promise<void> {
    await this.#hurried(async () => {
      while (this.#isFull() && !this.#ended()) {
        const left = this.#owesSince + this.#options.timeoutMs - this.#now()
        if (left <= 0) this.#abandon()
        await this.#changed.wait(left > 0 ? left : Infinity, true)
      }
    })
  }

  /** Resolves when nothing waits, or when the destination made no progress for too long. */
  async flush(): Promise<void> {
    const { timeoutMs } = this.#options
    const began = this.#now()
    const attempts = this.#attempts
    if (!this.#asked) this.#retryAt = began
    await this.#hurried(async () => {
      while (this.#account.waiting > 0 && !this.#ended()) {
        const untried = this.#attempts === attempts && !this.#asked
        const deadline = (untried ? Math.max(began, this.#owesSince) : this.#owesSince) + timeoutMs
        const left = deadline - this.#now()
        if (left <= 0) return
        await this.#changed.wait(left, true)
      }
    })
  }

  /** Stops at once and drops what still waits. */
  async close(): Promise<void> {
    this.#closed = true
    this.#current?.abort(new Error('no answer'))
    this.#changed.notify()
    await this.#loop
    await this.#dropAll()
    this.#changed.notify()
  }

  async #run(): Promise<void> {
    while (!this.#ended()) {
      const wait = this.#dueAt() - this.#now()
      if (this.#givesUp) await this.#dropAll()
      else if (wait > 0) await this.#changed.wait(wait, !this.#backoff.failing)
      else await this.#sendNext()
    }
  }

  #dueAt(): number {
    if (this.#account.waiting === 0) return Infinity
    if (this.#backoff.failing) return this.#retryAt
    const { items, bytes } = this.#limits
    const ripe = this.#account.waiting >= items || this.#account.waitingBytes >= bytes || this.#hurry > 0
    return ripe ? 0 : this.#lingersSince + this.#options.lingerMs
  }

  async #sendNext(): Promise<void> {
    const { sink, store, clock } = this.#options
    try {
      const { items, state } = await store.next(this.destination, this.#limits, sink.release)
      if (items.length === 0) throw new Error('the store lost what waits')
      if (this.#closed || this.#givesUp) return
      const controller = (this.#current = new AbortController())
      const send = (signal: AbortSignal): Promise<Outcome> => sink.send(items, { signal, state })
      await this.#conclude(items, await attempt(send, { clock, controller, timeoutMs: sink.timeoutMs }))
    } catch (error) {
      this.#fail(messageOf(error))
    }
    this.#current = undefined
    this.#attempts += 1
    this.#lingersSince = this.#now()
    this.#changed.notify()
  }

  async #conclude(items: readonly Item[], outcome: Outcome): Promise<void> {
    switch (outcome.status) {
      case 'delivered':
        await this.#settle(items, Math.min(items.length, Math.trunc(outcome.rejected ?? 0)), outcome)
        this.#grow()
        return
      case 'rejected':
        return await this.#settle(items, items.length, outcome)
      case 'too-large':
        if (items.length === 1) return await this.#settle(items, 1, outcome)
        this.#progress()
        this.#limits = { items: Math.ceil(items.length / 2), bytes: Math.ceil(sizeOf(items) / 2) }
        return
      case 'unsupported':
        // A backend that took some before does support it: then this is an answer about these items.
        if (this.#account.delivered > 0) return await this.#settle(items, items.length, outcome)
        return await this.#switchOff(outcome.reason)
      case 'blocked':
        return this.#fail(outcome.reason)
      case 'retry':
        return this.#fail(outcome.reason, outcome.afterMs)
      default:
        throw new Error(`the sink gave an unknown outcome: ${JSON.stringify(outcome satisfies never)}`)
    }
  }

  async #settle(
    items: readonly Item[],
    rejected: number,
    { reason, state }: { readonly reason?: string | undefined; readonly state?: ObjectState | undefined },
  ): Promise<void> {
    await this.#options.store.settle(this.destination, items, { status: 'settled', state })
    // Where the server only gives a count nobody knows which ones it refused, nor how large they were.
    const refused = rejected > 0 ? rejected : 0
    const bytes = sizeOf(items)
    const refusedBytes = refused === items.length ? bytes : 0
    this.#account.deliver(items.length - refused, bytes - refusedBytes)
    if (refused > 0) this.#account.reject(refused, refusedBytes, reason ?? 'the server gave no reason')
    else if (reason !== undefined) this.#warn(`the server says: ${oneLine(reason)}`)
    this.#progress()
  }

  #progress(): void {
    this.#backoff.succeed()
    this.#lastError = undefined
    this.#asked = false
    this.#givesUp = false
    this.#owesSince = this.#now()
  }

  /** After a while of success: what was too large once need not stay so. */
  #grow(): void {
    const { items, bytes } = this.sink.limits
    this.#successes = (this.#successes + 1) % successesToGrow
    if (this.#successes > 0) return
    this.#limits = { items: Math.min(items, this.#limits.items * 2), bytes: Math.min(bytes, this.#limits.bytes * 2) }
  }

  #fail(reason: string, afterMs?: number): void {
    if (this.#closed) {
      this.#lastError ??= reason
      return
    }
    this.#lastError = reason
    this.#asked = afterMs !== undefined
    this.#retryAt = this.#now() + this.#backoff.fail(afterMs)
  }

  #abandon(): void {
    this.#givesUp = true
    this.#current?.abort(new Error(`no answer for ${this.#options.timeoutMs / 1000} s`))
    this.#changed.notify()
  }

  async #dropAll(): Promise<void> {
    const reason = this.#describe('given up')
    const { store } = this.#options
    for (let left = this.#account.waiting; left > 0;) {
      const { items } = await store.next(this.destination, { items: Math.min(left, 1000), bytes: Infinity }, 'item')
      if (items.length === 0) break
      await store.settle(this.destination, items, { status: 'dropped' })
      this.#account.drop(items.length, sizeOf(items), reason)
      left -= items.length
    }
    this.#givesUp = false
    this.#changed.notify()
  }

  async #switchOff(reason: string): Promise<void> {
    await this.#dropAll()
    this.#off = true
    this.#options.report(`${this.sink.name}: ${oneLine(reason)}`)
  }

  async #hurried(wait: () => Promise<void>): Promise<void> {
    this.#hurry += 1
    this.#changed.notify()
    await wait()
    this.#hurry -= 1
  }

  #describe(what: string): string {
    return this.#lastError === undefined ? what : `${what}; last error: ${this.#lastError}`
  }

  #warn(message: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#options.report(`${this.sink.name}: ${message}`)
  }

  /** Below the store's bound, so that several who asked for room do not fill it up together. */
  #isFull(): boolean {
    return this.#account.waitingBytes > this.#options.store.maxBytes / 2
  }

  #ended(): boolean {
    return this.#off || this.#closed
  }

  #now(): number {
    return this.#options.clock.now()
  }
}

function sizeOf(items: readonly Item[]): number {
  return items.reduce((bytes, { size }) => bytes + size, 0)
}
