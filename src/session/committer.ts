import type { Delivery, Draft, Item } from '../delivery/index.ts'

/** Hands items over some at a time, since each commit has its price: at once when there are many, else in the next turn. */
export class Committer {
  static readonly #many = 100
  readonly #delivery: Delivery
  #items: Item[] = []
  #drafts: Draft[] = []
  #timer: NodeJS.Immediate | undefined
  #committed: Promise<unknown> = Promise.resolve()

  constructor(delivery: Delivery) {
    this.#delivery = delivery
  }

  add(items: readonly Item[], drafts: readonly Draft[] = []): void {
    for (const item of items) this.#items.push(item)
    for (const draft of drafts) this.#drafts.push(draft)
    const count = this.#items.length + this.#drafts.length
    if (count >= Committer.#many) void this.flush()
    else if (count > 0) this.#timer ??= setImmediate(() => void this.flush())
  }

  /** Settled when all that was handed over is stored. */
  get underway(): Promise<unknown> {
    return this.#committed
  }

  flush(): Promise<unknown> {
    clearImmediate(this.#timer)
    this.#timer = undefined
    // Commits take effect in their order, so the last one is the one to wait for.
    if (this.#items.length + this.#drafts.length > 0) {
      this.#committed = this.#delivery.commit(this.#items.splice(0), this.#drafts.splice(0))
    }
    return this.#committed
  }
}
