interface Waiting {
  readonly enter: () => void
  readonly leave: (reason: Error) => void
  hasLeft: boolean
}

/** Lets so many in at once; the others wait in the order in which they came. */
export class Semaphore {
  readonly places: number
  readonly #signal: AbortSignal | undefined
  #free: number
  /** The first ones, the very first at the end: all others would have to move up for one that leaves the beginning. */
  #front: Waiting[] = []
  /** Those behind them. */
  #back: Waiting[] = []

  /** `signal`: once it is aborted nobody is let in any more. */
  constructor(places: number, signal?: AbortSignal) {
    this.places = places
    this.#free = places
    this.#signal = signal
    signal?.addEventListener('abort', () => this.#close(signal.reason as Error), { once: true })
  }

  /** With a signal of its own somebody can leave before the others. It is slow where many wait on the same one. */
  async acquire(signal?: AbortSignal): Promise<void> {
    this.#signal?.throwIfAborted()
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { enter: resolve, leave: reject, hasLeft: false }
    this.#back.push(waiting)
    if (!signal) return await promise
    const leave = (): void => {
      waiting.hasLeft = true
      // Without effect on one that was let in a moment ago, and has yet to hear of it.
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  release(): void {
    const next = this.#next()
    if (next) next.enter()
    else this.#free += 1
  }

  #next(): Waiting | undefined {
    for (;;) {
      if (this.#front.length === 0) [this.#front, this.#back] = [this.#back.toReversed(), this.#front]
      const next = this.#front.pop()
      if (!next?.hasLeft) return next
    }
  }

  #close(reason: Error): void {
    for (const { leave } of [...this.#front, ...this.#back]) leave(reason)
    this.#front = []
    this.#back = []
  }
}
