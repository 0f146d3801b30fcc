/** Of no values it is NaN. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Of a sample, so divided by one less than there are; 0 where there is no more than one. */
export function varianceOf(values: readonly number[]): number {
  return values.length < 2 ? 0 : squaredDeviation(values) / (values.length - 1)
}

export function squaredDeviation(values: readonly number[]): number {
  const mean = meanOf(values)
  return sumOf(values.map((value) => (value - mean) ** 2))
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
