import type { BatchLimits } from './item.ts'
import type { Filed, Standing } from './store.ts'

/** What waits for one destination, as far as is known here. */
export class Backlog {
  #items = 0
  #bytes = 0
  #lingersSince = 0

  get isEmpty(): boolean {
    return this.#items === 0
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Since when it waits for more, to fill a batch. */
  get lingersSince(): number {
    return this.#lingersSince
  }

  /** There is enough for a batch. */
  fills({ items, bytes }: BatchLimits): boolean {
    return this.#items >= items || this.#bytes >= bytes
  }

  filed({ count, bytes }: Pick<Filed, 'count' | 'bytes'>, now: number): void {
    if (this.#items === 0 && count > 0) this.#lingersSince = now
    this.#items += count
    this.#bytes += bytes
  }

  /** A batch was tried, whatever became of it. */
  tried(now: number): void {
    this.#lingersSince = now
  }

  /** Some of it waits no longer. */
  left(items: number, bytes: number): void {
    this.#items = Math.max(0, this.#items - items)
    this.#bytes = Math.max(0, this.#bytes - bytes)
  }

  /** How much it is, whoever brought it there. */
  set({ waiting, waitingBytes }: Standing): void {
    this.#items = waiting
    this.#bytes = waitingBytes
  }
}
