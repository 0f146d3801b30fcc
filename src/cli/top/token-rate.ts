const windowSeconds = 60

/** Tokens by the second in which they came, for the last minute. */
export class TokenRate {
  readonly #bySecond = new Map<number, number>()

  /** `time` in milliseconds since 1970. */
  add(tokens: number, time: number): void {
    if (tokens <= 0) return
    const second = Math.floor(time / 1000)
    // Whether or not anybody asks.
    if (this.#bySecond.size > 2 * windowSeconds) this.over(windowSeconds, time)
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + tokens)
  }

  /** Tokens per second over the last so many seconds, at most a minute. */
  over(seconds: number, now: number): number {
    const last = Math.floor(now / 1000)
    let sum = 0
    for (const [second, tokens] of this.#bySecond) {
      if (second <= last - windowSeconds) this.#bySecond.delete(second)
      else if (second > last - seconds && second <= last) sum += tokens
    }
    return sum / seconds
  }
}
