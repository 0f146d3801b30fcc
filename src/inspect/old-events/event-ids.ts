import { hash } from 'node:crypto'

/** Ids for the events of one sample that have none: computed from what is known of the sample, so that they never change. */
export class EventIds {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Of the next event. */
  next(): string {
    this.#count += 1
    return this.of(String(this.#count))
  }

  /** Of something that the sample has one of. */
  of(name: string): string {
    return hash('sha256', `${this.#seed}|${name}`, 'hex').slice(0, 32)
  }
}
