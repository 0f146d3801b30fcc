import type { Histogram } from '@opentelemetry/sdk-metrics'

/** What OpenTelemetry takes when an instrument advises no buckets. */
const defaultBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]

/** A histogram with explicit buckets; a boundary belongs to the bucket below it. */
export class Distribution {
  readonly #boundaries: readonly number[]
  readonly #counts: number[]
  #count = 0
  #sum = 0
  #min = Infinity
  #max = -Infinity

  constructor(boundaries: readonly number[] = defaultBoundaries) {
    this.#boundaries = boundaries.filter(Number.isFinite).toSorted((one, other) => one - other)
    this.#counts = Array.from({ length: this.#boundaries.length + 1 }, () => 0)
  }

  /** False when the sum would no longer be a number. */
  add(value: number): boolean {
    if (!Number.isFinite(this.#sum + value)) return false
    const bucket = this.#boundaries.findIndex((boundary) => value <= boundary)
    this.#counts[bucket < 0 ? this.#boundaries.length : bucket]! += 1
    this.#count += 1
    this.#sum += value
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    return true
  }

  toHistogram(): Histogram {
    return {
      buckets: { boundaries: [...this.#boundaries], counts: [...this.#counts] },
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
    }
  }
}
