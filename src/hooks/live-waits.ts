import type { Hooks } from './hooks.ts'
import type { Report } from './report.ts'

export interface LiveWaitsOptions {
  /** Aborted when the run is cancelled: from then on a hook has `graceMs`. */
  readonly cancelled: AbortSignal
  readonly graceMs?: number | undefined
  /** After so long the user is told whom the run waits for. */
  readonly tellAfterMs?: number | undefined
  readonly report: Report
}

interface Wait {
  readonly hook: string
  readonly method: keyof Hooks
  readonly began: number
  readonly giveUp: () => void
}

/** Waits of a live run for its hooks: as long as it takes, which somebody may want to know, but not after it was cancelled. */
export class LiveWaits {
  readonly #options: LiveWaitsOptions
  readonly #graceMs: number
  readonly #tellAfterMs: number
  readonly #open = new Set<Wait>()
  readonly #told = new Set<string>()
  #isWatching = false

  constructor(options: LiveWaitsOptions) {
    this.#options = options
    this.#graceMs = options.graceMs ?? 5000
    this.#tellAfterMs = options.tellAfterMs ?? 10_000
    const giveUpSoon = (): void => {
      for (const wait of this.#open) this.#giveUpSoon(wait)
    }
    options.cancelled.addEventListener('abort', giveUpSoon, { once: true })
  }

  /** What the hook comes back with. Rejects, after `leaveOut`, when nobody waits for it any more. */
  async for<T>(result: PromiseLike<T>, hook: string, method: keyof Hooks, leaveOut?: () => void): Promise<T> {
    const { promise: left, reject } = Promise.withResolvers<never>()
    const giveUp = (): void => {
      leaveOut?.()
      const grace = `${this.#graceMs / 1000} s`
      const late = `the run is cancelled, and it did not come back within ${grace}`
      reject(new Error(leaveOut ? `${late}; it gets no more events` : late))
    }
    const wait: Wait = { hook, method, began: performance.now(), giveUp }
    this.#open.add(wait)
    this.#watch()
    if (this.#options.cancelled.aborted) this.#giveUpSoon(wait)
    try {
      return await Promise.race([result, left])
    } finally {
      this.#open.delete(wait)
    }
  }

  #giveUpSoon(wait: Wait): void {
    setTimeout(() => {
      if (this.#open.has(wait)) wait.giveUp()
    }, this.#graceMs)
  }

  /** One timer for all of them, for as long as there are any. */
  #watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    setTimeout(() => {
      this.#isWatching = false
      for (const { hook, method, began } of this.#open) {
        const name = `${hook} ${method}`
        if (performance.now() - began < this.#tellAfterMs || this.#told.has(name)) continue
        this.#told.add(name)
        this.#options.report(
          `the run waits for hook '${hook}', which is in ${method} for ${this.#tellAfterMs / 1000} s`,
        )
      }
      if (this.#open.size > 0) this.#watch()
    }, this.#tellAfterMs).unref()
  }
}
