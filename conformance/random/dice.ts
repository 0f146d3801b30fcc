import { Random } from '../../bench/random.ts'

/** Choices that are the same ones for the same seed. */
export class Dice {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + this.#random.below(high - low + 1)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)]!
  }

  chance(percent: number): boolean {
    return this.#random.below(100) < percent
  }

  /** Of `low` to `high` items. */
  list<T>(low: number, high: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.between(low, high) }, (_, index) => make(index))
  }

  /** Some of the items, in their order. */
  some<T>(items: readonly T[]): T[] {
    return items.filter(() => this.chance(50))
  }

  /** Fields that are there so often, in percent. */
  maybe<T extends object>(percent: number, make: () => T): Partial<T> {
    return this.chance(percent) ? make() : {}
  }
}
