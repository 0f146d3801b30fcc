import { EvalspanError } from '../../../errors.ts'
import type { Json, Score, ScoreValue } from '../../../inspect/records.ts'
import { isUnscored, reducedScore } from './reduced-score.ts'

/** Makes one value of those that are scored, of which there is at least one. */
export type ReduceValues = (values: readonly Json[]) => boolean | number | string

type Fields = { readonly [key: string]: Json }

/** Reduces values that are lists or objects place by place; NaN counts as no value, and all NaN stay NaN. */
export function reduceValues(scores: readonly Score[], reduce: ReduceValues): Score {
  const first = scores.find(({ value }) => !isUnscored(value))
  const values = scores.map(({ value }) => value).filter((value) => !isUnscored(value))
  if (first === undefined) return reducedScore(Number.NaN, scores)
  return reducedScore(reduceAll(first.value, values, reduce), scores)
}

function reduceAll(first: ScoreValue, values: readonly ScoreValue[], reduce: ReduceValues): ScoreValue {
  if (typeof first !== 'object') return reducePlace(values, reduce)
  if (Array.isArray(first)) {
    const lists = sameLists(first, values)
    return first.map((_, index) =>
      reducePlace(
        lists.map((list) => list[index]!),
        reduce,
      ),
    )
  }
  const objects = sameObjects(first as Fields, values)
  return Object.fromEntries(
    Object.keys(first).map((key) => [
      key,
      reducePlace(
        objects.map((object) => object[key]!),
        reduce,
      ),
    ]),
  )
}

function reducePlace(values: readonly Json[], reduce: ReduceValues): boolean | number | string {
  const scored = values.filter((value) => !isUnscored(value))
  return scored.length === 0 ? Number.NaN : reduce(scored)
}

function sameLists(first: readonly Json[], values: readonly ScoreValue[]): (readonly Json[])[] {
  return values.map((value) => {
    if (!Array.isArray(value)) throw badValue(`a list in one epoch and none in another`)
    if (value.length === first.length) return value as readonly Json[]
    throw badValue(`${first.length} values in one epoch and ${value.length} in another`)
  })
}

function sameObjects(first: Fields, values: readonly ScoreValue[]): Fields[] {
  const keys = Object.keys(first).toSorted().join(', ')
  return values.map((value) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw badValue(`an object in one epoch and none in another`)
    const others = Object.keys(value).toSorted().join(', ')
    if (others === keys) return value as Fields
    throw badValue(`the keys '${keys}' in one epoch and '${others}' in another`)
  })
}

function badValue(problem: string): EvalspanError {
  return new EvalspanError(
    'BAD_SCORE',
    `a sample's score has ${problem}, so they cannot be reduced to one; give all epochs the same shape, or NaN for one that has no score`,
  )
}
