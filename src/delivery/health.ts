import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { oneLine } from './one-line.ts'
import type { Standing } from './store.ts'

/** How the backend of one destination fares: whether there is progress, and when it may be tried again. */
export class Health {
  readonly #clock: Clock
  readonly #backoff: Backoff
  /** Since when the destination owes progress: something waits, and nothing was answered. */
  #owesSince: number
  #retryAt = 0
  /** The wait is the server's wish, which no hurry cuts short. */
  #asked = false
  #failures = 0
  #lastError: string | undefined

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#backoff = new Backoff(random)
    this.#owesSince = clock.now()
  }

  get failing(): boolean {
    return this.#backoff.failing
  }

  /** Nobody should wait for it. */
  get isDead(): boolean {
    return this.#backoff.isOpen
  }

  get owesSince(): number {
    return this.#owesSince
  }

  get retryAt(): number {
    return this.#retryAt
  }

  get asked(): boolean {
    return this.#asked
  }

  /** How many there were in all. */
  get failures(): number {
    return this.#failures
  }

  /** Of the last failure; undefined since there was progress. */
  get lastError(): string | undefined {
    return this.#lastError
  }

  /** Something waits, and nothing did before. */
  owes(): void {
    if (!this.failing) this.#owesSince = this.#clock.now()
  }

  /** Another process may have found it dead a moment ago. */
  learn({ failures, retryAt }: Standing): void {
    if (this.failing || failures === 0) return
    const wait = retryAt - Date.now()
    if (this.#backoff.resume(failures, wait)) this.#retryAt = this.#clock.now() + wait
  }

  /** It is tried again then, unless it asked to wait. */
  hurry(at: number): void {
    if (!this.#asked) this.#retryAt = at
  }

  progress(): void {
    this.#backoff.succeed()
    this.#lastError = undefined
    this.#asked = false
    this.#owesSince = this.#clock.now()
  }

  /** Nothing will get better by itself. */
  blocked(): void {
    this.#backoff.open()
  }

  /** Gives how long to wait before the next try, which the server may have asked for. */
  fail(reason: string, afterMs: number | undefined): number {
    this.#failures += 1
    this.#lastError = oneLine(reason)
    this.#asked = afterMs !== undefined
    const wait = this.#backoff.fail(afterMs)
    this.#retryAt = this.#clock.now() + wait
    return wait
  }

  /** A failure after which there is no other try. Gives the last error, which says more where there was one before. */
  end(reason: string): string {
    this.#failures += 1
    this.#lastError ??= oneLine(reason)
    return this.#lastError
  }
}
