/** Time, so that tests can set it. */
export interface Clock {
  /** Milliseconds since 1970; never goes back. */
  now(): number
  /**
   * Calls back once after `ms` milliseconds. What it returns cancels the call. The process stays alive for it only when
   * told to `hold`.
   */
  after(ms: number, callback: () => void, hold?: boolean): () => void
}

/** Longer waits overflow Node's timers, which then fire at once. */
const longestTimer = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, callback, hold = false) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestTimer))
    if (!hold) timer.unref()
    return () => clearTimeout(timer)
  },
}
