import type { Item } from './item.ts'

/** Most bytes of items that are kept at hand, so that they need not be read again a moment later. */
const mostHeld = 32 * 2 ** 20

/** The items of this process that were stored last, all from a number on. */
export class HeldItems {
  readonly #items = new Map<number, Item>()
  #bytes = 0

  get isEmpty(): boolean {
    return this.#items.size === 0
  }

  get from(): number {
    return this.#items.keys().next().value ?? Number.MAX_SAFE_INTEGER
  }

  add(items: readonly Item[], seqs: readonly number[]): void {
    for (const [index, item] of items.entries()) {
      const seq = seqs[index]!
      if (seq === 0) continue
      this.#items.set(seq, item)
      this.#bytes += item.size
    }
    for (const [seq, { size }] of this.#items) {
      if (this.#bytes <= mostHeld) return
      this.#items.delete(seq)
      this.#bytes -= size
    }
  }

  get(seq: number): Item | undefined {
    return this.#items.get(seq)
  }

  delete(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#bytes -= this.#items.get(seq)?.size ?? 0
      this.#items.delete(seq)
    }
  }

  clear(): void {
    this.#items.clear()
    this.#bytes = 0
  }
}
