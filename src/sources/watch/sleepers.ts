import { bufferState } from './buffer-state.ts'

interface Sleeper {
  /** What Inspect's buffer was when it was told. */
  readonly buffer: string
  at: number
  waitMs: number
}

const leastMs = 1_000
const mostMs = 60_000

/**
 * Unfinished logs that were told by an earlier watcher and have not changed since. Their runs crashed long ago, or go on
 * with Inspect's buffer growing: that is looked at, less and less often, so that many of them cost little.
 */
export class Sleepers {
  readonly #sleepers = new Map<string, Sleeper>()

  add(path: string, buffer: string): void {
    this.#sleepers.set(path, { buffer, at: -Infinity, waitMs: leastMs / 2 })
  }

  delete(path: string): void {
    this.#sleepers.delete(path)
  }

  /** Those whose buffer is another one by now. */
  async woken(nowMs: number): Promise<string[]> {
    const woken: string[] = []
    for (const [path, sleeper] of this.#sleepers) {
      if (sleeper.at > nowMs) continue
      sleeper.waitMs = Math.min(sleeper.waitMs * 2, mostMs)
      sleeper.at = nowMs + sleeper.waitMs
      if ((await bufferState(path)) !== sleeper.buffer) woken.push(path)
    }
    for (const path of woken) this.#sleepers.delete(path)
    return woken
  }
}
