import type { BatchLimits } from './item.ts'

/** Batches grow again after so many that went well. */
const successesToGrow = 8
/** Refusals in a row after which a backend is taken to refuse everything, and not to choke on one item among others. */
const mostRefusals = 24

/** How much is sent at a time: as much as the sink allows, and less where the backend has shown that to be too much. */
export class BatchSize {
  readonly #most: BatchLimits
  #limits: BatchLimits
  #successes = 0
  #refusals = 0

  constructor(most: BatchLimits) {
    this.#most = most
    this.#limits = most
  }

  get limits(): BatchLimits {
    return this.#limits
  }

  delivered(): void {
    this.#refusals = 0
    // After a while of success: what was too large once need not stay so.
    this.#successes = (this.#successes + 1) % successesToGrow
    if (this.#successes > 0) return
    const { items, bytes } = this.#limits
    this.#limits = { items: Math.min(this.#most.items, items * 2), bytes: Math.min(this.#most.bytes, bytes * 2) }
  }

  tooLarge(bytes: number): void {
    this.#limits = { ...this.#limits, bytes: Math.ceil(bytes / 2) }
  }

  /** False when smaller batches will not find an item at fault: it is found, or there is more than one. */
  refused(items: number): boolean {
    this.#refusals += 1
    if (items === 1 || this.#refusals > mostRefusals) return false
    this.#limits = { ...this.#limits, items: Math.ceil(items / 2) }
    return true
  }

  /** What was at fault is out of the way. How many bytes are too many stays true. */
  parked(): void {
    this.#limits = { ...this.#limits, items: this.#most.items }
  }
}
