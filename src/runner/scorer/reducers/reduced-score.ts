import type { Score, ScoreValue } from '../../../inspect/records.ts'

/** The score that several became: what they all say alike is kept, and the first one's metadata. */
export function reducedScore(value: ScoreValue, scores: readonly Score[]): Score {
  return {
    value,
    ...common('answer', scores),
    ...common('explanation', scores),
    ...common('reason', scores),
    ...(scores[0]?.metadata === undefined ? {} : { metadata: scores[0].metadata }),
  }
}

function common(field: 'answer' | 'explanation' | 'reason', scores: readonly Score[]): Partial<Score> {
  const value = scores[0]?.[field]
  return value === undefined || scores.some((score) => score[field] !== value) ? {} : { [field]: value }
}

/** Whether a value says that there is no score. */
export function isUnscored(value: unknown): boolean {
  return Number.isNaN(value)
}
