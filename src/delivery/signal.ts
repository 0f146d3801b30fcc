import type { Clock } from './clock.ts'

/** Wakes all who wait. A wake-up that nobody waits for is lost: look at the state first, then wait. */
export class Signal {
  readonly #clock: Clock
  #waiters = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  notify(): void {
    const waiters = this.#waiters
    this.#waiters = new Set()
    for (const wake of waiters) wake()
  }

  /** Until the next wake-up, at most `ms`; keeps the process alive only when told to `hold`. */
  async wait(ms = Infinity, hold = false): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = ms === Infinity ? undefined : this.#clock.after(ms, () => wake(), hold)
      const wake = (): void => {
        cancel?.()
        this.#waiters.delete(wake)
        resolve()
      }
      this.#waiters.add(wake)
    })
  }
}
