import type { Json } from '../../inspect/records.ts'
import type { Reducer } from './metric.ts'
import { parseReducer } from './reducers/resolve-reducers.ts'
import { scorer, type Scorer } from './scorer.ts'

/**
 * Asks several scorers, all at once, and makes one score of theirs: by `mean`, `mode`, `majority`, … The metrics are those
 * of the first. Where none gives a score the sample is unscored.
 */
export function multiScorer(scorers: readonly Scorer[], reducer: string | Reducer): Scorer {
  const { reduce, name } = typeof reducer === 'string' ? parseReducer(reducer) : reducer
  const params = { scorers: scorers.map(described), reducer: name }
  return scorer('multi_scorer', { metrics: scorers[0]?.metrics ?? [], params }, async (state, target) => {
    const scores = await Promise.all(scorers.map(async (each) => each.score(state, target)))
    const given = scores.filter((score) => score !== undefined)
    return given.length === 0 ? { value: Number.NaN, reason: 'scoring_failed' } : reduce(given)
  })
}

function described({ name, params }: Scorer): Json {
  return { type: 'scorer', name, params }
}
