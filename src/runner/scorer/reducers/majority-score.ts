import type { Json, Score } from '../../../inspect/records.ts'
import type { Reducer } from '../metric.ts'
import { mostCommon } from './count-values.ts'
import { reduceValues } from './reduce-values.ts'
import { isUnscored } from './reduced-score.ts'

/**
 * The value that more than half have; NaN where there is none. Those without a score count too, so they never help a
 * minority. The votes are told in the metadata, as `panel`.
 */
export function majorityScore(): Reducer {
  return {
    name: 'majority',
    reduce(scores) {
      const reduced = reduceValues(scores, (values) => {
        const [value, count] = mostCommon(values)
        return count * 2 > scores.length ? value : Number.NaN
      })
      return { ...reduced, metadata: { ...reduced.metadata, panel: panelOf(scores) } }
    },
  }
}

function panelOf(scores: readonly Score[]): Json {
  return {
    votes: scores.map(({ value }) => (isUnscored(value) ? null : value)),
    size: scores.length,
    failures: scores.flatMap(({ value, reason, explanation }, index) =>
      isUnscored(value) ? [{ index, reason: reason ?? null, explanation: explanation ?? null }] : [],
    ),
  }
}
