/** Counts the errors of a task's samples, and says when there are too many. */
export class ErrorBudget {
  readonly #most: boolean | number
  readonly #samples: number
  #count = 0

  constructor(most: boolean | number, samples: number) {
    this.#most = most
    this.#samples = samples
  }

  add(): void {
    this.#count += 1
  }

  /** As Inspect has it: true at the first error, a share of all samples below 1, a number of them from 1 on. */
  get isExceeded(): boolean {
    if (this.#count === 0) return false
    if (typeof this.#most === 'boolean') return this.#most
    return this.#most < 1 ? this.#count >= this.#most * this.#samples : this.#count >= this.#most
  }
}
