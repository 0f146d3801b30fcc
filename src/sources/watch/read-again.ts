/** Logs that could not be read for a reason that may pass, and when they are to be tried again. */
export class ReadAgain {
  readonly #waiting = new Map<string, { at: number; waitMs: number }>()

  add(path: string, nowMs: number): void {
    const waitMs = Math.min((this.#waiting.get(path)?.waitMs ?? leastMs / 2) * 2, mostMs)
    this.#waiting.set(path, { at: nowMs + waitMs, waitMs })
  }

  delete(path: string): void {
    this.#waiting.delete(path)
  }

  due(nowMs: number): string[] {
    return [...this.#waiting].filter(([, { at }]) => at <= nowMs).map(([path]) => path)
  }
}

const leastMs = 2_000
const mostMs = 60_000
