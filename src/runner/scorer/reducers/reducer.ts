import type { Score } from '../../../inspect/records.ts'
import type { Reducer } from '../metric.ts'

/**
 * Makes a reducer of a function: `reducer('last', {}, (scores) => scores.at(-1)!)`. With a parameter `k` it is called by
 * it, as in Inspect: `best_of_3`.
 */
export function reducer(
  name: string,
  { k }: { readonly k?: number | undefined },
  reduce: (scores: readonly Score[]) => Score,
): Reducer {
  return { name: k === undefined ? name : `${name}_${k}`, reduce }
}
