import type { Delivery, Draft, Item } from '../delivery/index.ts'

/** A commit that is not stored yet, and how much it carries. */
interface Underway {
  readonly bytes: number
  readonly stored: Promise<unknown>
}

/** Hands items over some at a time, since each commit has its price: at once when there are many, else in the next turn. */
export class Committer {
  static readonly #many = 100
  /** Enough that neither side waits for the other, and little beside what may wait for a destination. */
  static readonly #mostUnderway = 2 ** 20
  readonly #delivery: Delivery
  #items: Item[] = []
  #drafts: Draft[] = []
  #timer: NodeJS.Immediate | undefined
  #committed: Promise<unknown> = Promise.resolve()
  readonly #underway = new Set<Underway>()
  #bytes = 0

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

  /** Resolves when little of what was handed over is not stored yet. */
  async room(): Promise<void> {
    // Commits take effect in their order.
    for (const { stored } of this.#underway) {
      if (this.#bytes <= Committer.#mostUnderway) return
      await stored
    }
  }

  flush(): Promise<unknown> {
    clearImmediate(this.#timer)
    this.#timer = undefined
    // Commits take effect in their order, so the last one is the one to wait for.
    if (this.#items.length + this.#drafts.length > 0) this.#committed = this.#commit()
    return this.#committed
  }

  async #commit(): Promise<void> {
    const items = this.#items.splice(0)
    const drafts = this.#drafts.splice(0)
    const bytes =
      items.reduce((sum, { size }) => sum + size, 0) + drafts.reduce((sum, { json }) => sum + json.length, 0)
    const commit = { bytes, stored: this.#delivery.commit(items, drafts) }
    this.#underway.add(commit)
    this.#bytes += bytes
    await commit.stored
    this.#underway.delete(commit)
    this.#bytes -= bytes
  }
}
