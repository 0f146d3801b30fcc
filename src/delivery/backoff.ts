const firstMs = 500
const longestMs = 30_000
/** A server that asks for no wait at all is not asked again in a tight loop. */
const shortestMs = 50
/** A server that asks for a day gets another try in an hour. */
const longestAskedMs = 3_600_000

/** How long to wait before the next try: what the server asked for, else longer with each failure, with jitter. */
export class Backoff {
  readonly #random: () => number
  #failures = 0

  constructor(random: () => number) {
    this.#random = random
  }

  get failing(): boolean {
    return this.#failures > 0
  }

  succeed(): void {
    this.#failures = 0
  }

  fail(afterMs?: number): number {
    const full = Math.min(longestMs, firstMs * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 30)
    if (afterMs !== undefined && afterMs >= 0) return Math.min(Math.max(afterMs, shortestMs), longestAskedMs)
    return full * (0.5 + this.#random() / 2)
  }
}
