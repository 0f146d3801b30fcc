const firstMs = 500
const longestMs = 30_000
/** A server that asks for no wait at all is not asked again in a tight loop. */
const shortestMs = 50
/** A server that asks for a day gets another try in an hour. */
const longestAskedMs = 3_600_000
/** After so many failures in a row a backend counts as dead. */
const failuresToOpen = 5

/**
 * How long to wait before the next try: what the server asked for, else longer with each failure, with jitter. After some
 * failures the circuit is open: nobody should wait for this backend, which is only probed now and then.
 */
export class Backoff {
  readonly #random: () => number
  #failures = 0

  constructor(random: () => number) {
    this.#random = random
  }

  get failing(): boolean {
    return this.#failures > 0
  }

  get isOpen(): boolean {
    return this.#failures >= failuresToOpen
  }

  succeed(): void {
    this.#failures = 0
  }

  /** Nothing will get better by itself: as after many failures. */
  open(): void {
    this.#failures = Math.max(this.#failures, failuresToOpen)
  }

  /** Takes over what another process found, if its next try is still to come. Gives whether it does. */
  resume(failures: number, waitMs: number): boolean {
    if (failures < failuresToOpen || waitMs <= 0 || waitMs > longestAskedMs) return false
    this.#failures = failuresToOpen
    return true
  }

  fail(afterMs?: number): number {
    const full = Math.min(longestMs, firstMs * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 30)
    if (afterMs !== undefined && afterMs >= 0) return Math.min(Math.max(afterMs, shortestMs), longestAskedMs)
    return full * (0.5 + this.#random() / 2)
  }
}
