/** What OpenTelemetry takes when an instrument advises no buckets. */
const defaultBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]

/** A histogram with explicit buckets, as plain data; a boundary belongs to the bucket below it. */
export interface Distribution {
  counts: number[]
  count: number
  sum: number
  min: number
  max: number
}

/** The upper bounds of an instrument's buckets. */
export function boundariesOf(advised: readonly number[] = defaultBoundaries): number[] {
  return advised.filter(Number.isFinite).toSorted((one, other) => one - other)
}

export function emptyDistribution(boundaries: readonly number[]): Distribution {
  return { counts: Array.from({ length: boundaries.length + 1 }, () => 0), count: 0, sum: 0, min: 0, max: 0 }
}

/** False when the sum would no longer be a number. */
export function addTo(distribution: Distribution, value: number, boundaries: readonly number[]): boolean {
  if (!Number.isFinite(distribution.sum + value)) return false
  const bucket = boundaries.findIndex((boundary) => value <= boundary)
  distribution.counts[bucket < 0 ? boundaries.length : bucket]! += 1
  distribution.min = distribution.count === 0 ? value : Math.min(distribution.min, value)
  distribution.max = distribution.count === 0 ? value : Math.max(distribution.max, value)
  distribution.count += 1
  distribution.sum += value
  return true
}

/** Adds the counts of another with the same buckets. */
export function mergeInto(distribution: Distribution, other: Distribution): void {
  if (other.count === 0) return
  const isEmpty = distribution.count === 0
  distribution.counts = distribution.counts.map((count, bucket) => count + other.counts[bucket]!)
  distribution.min = isEmpty ? other.min : Math.min(distribution.min, other.min)
  distribution.max = isEmpty ? other.max : Math.max(distribution.max, other.max)
  distribution.count += other.count
  distribution.sum += other.sum
}
