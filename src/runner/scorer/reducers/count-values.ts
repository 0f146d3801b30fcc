import { EvalspanError } from '../../../errors.ts'
import type { Json } from '../../../inspect/records.ts'

type Scalar = boolean | number | string

/** How often each value is there, the first seen first. As in Python true and 1 are one value. */
export function countValues(values: readonly Json[]): readonly (readonly [Scalar, number])[] {
  const counts = new Map<Json, [Scalar, number]>()
  for (const value of values) {
    if (typeof value === 'object' && value !== null) throw notScalar()
    const key = typeof value === 'boolean' ? Number(value) : value
    const count = counts.get(key)
    if (count) count[1] += 1
    else counts.set(key, [value as Scalar, 1])
  }
  return [...counts.values()]
}

/** The value that is there most often, the first seen of several. */
export function mostCommon(values: readonly Json[]): readonly [value: Scalar, count: number] {
  return countValues(values).reduce((most, next) => (next[1] > most[1] ? next : most))
}

function notScalar(): EvalspanError {
  return new EvalspanError(
    'BAD_SCORE',
    "a sample's score has a list or an object where another epoch has a plain value; give all epochs the same shape",
  )
}
