/** How long a sample has been at work: all the time since it began, but for that in which it waited. In seconds. */
export class SampleClock {
  #start: number | undefined
  #waited = 0
  #waiters = 0
  #waitsSince = 0

  /** From here on time counts. */
  start(): void {
    this.#start = performance.now()
  }

  /** Undefined before its start. */
  get total(): number | undefined {
    return this.#start === undefined ? undefined : (performance.now() - this.#start) / 1000
  }

  /** 0 before its start. */
  get working(): number {
    const current = this.#waiters > 0 ? performance.now() - this.#waitsSince : 0
    return Math.max(0, (this.total ?? 0) - (this.#waited + current) / 1000)
  }

  /** What is done in it is waiting: for a connection, for the end of a back-off. Waits at the same time count once. */
  async wait<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiters === 0) this.#waitsSince = performance.now()
    this.#waiters += 1
    try {
      return await run()
    } finally {
      this.#waiters -= 1
      if (this.#waiters === 0) this.#waited += performance.now() - this.#waitsSince
    }
  }
}
