import { expect } from 'vitest'

/** Compares whole values; numbers may differ by what comes of summing in another order. */
export function expectClose(actual: unknown, expected: unknown): void {
  expect(snap(actual, expected)).toEqual(expected)
}

/** The value, with the expected numbers where its own are within 1e-12 of them. */
function snap(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)) ? expected : actual
  }
  if (Array.isArray(actual) && Array.isArray(expected)) return actual.map((each, index) => snap(each, expected[index]))
  if (!isObject(actual) || !isObject(expected)) return actual
  return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, snap(value, expected[key])]))
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
