/** Requests a second that one connection may make for long, and at once: a forwarder makes five. */
const perSecond = 50
const atOnce = 200

/** Whether somebody asks too often. */
export class Rate {
  #left = atOnce
  #atMs = performance.now()

  take(): boolean {
    const now = performance.now()
    this.#left = Math.min(atOnce, this.#left + ((now - this.#atMs) / 1000) * perSecond)
    this.#atMs = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
