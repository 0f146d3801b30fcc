import type { Score } from '../../../inspect/records.ts'
import { expectMaker } from '../expect-maker.ts'
import type { Reducer } from '../metric.ts'

/**
 * Makes a reducer of a function: `reducer('last', {}, (scores) => scores.at(-1)!)`. With a parameter `k` it is called by
 * it, as in Inspect: `best_of_3`. Throws a `BAD_OPTION` error where one of the three is not what it should be.
 */
export function reducer(
  name: string,
  params: { readonly k?: number | undefined },
  reduce: (scores: readonly Score[]) => Score,
): Reducer {
  expectMaker('reducer', name, params, reduce)
  const { k } = params
  return { name: k === undefined ? name : `${name}_${k}`, reduce }
}
