/** Lets so many in at once; the others wait in the order in which they came. */
export class Semaphore {
  readonly places: number
  #free: number
  readonly #line: (() => void)[] = []

  constructor(places: number) {
    this.places = places
    this.#free = places
  }

  async acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = (): void => {
      const index = this.#line.indexOf(resolve)
      // It was let in a moment ago, and has yet to hear of it.
      if (index < 0) return
      this.#line.splice(index, 1)
      reject(signal!.reason as Error)
    }
    this.#line.push(resolve)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  release(): void {
    const next = this.#line.shift()
    if (next) next()
    else this.#free += 1
  }
}
