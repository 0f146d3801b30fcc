import { dropNulls, type Fields } from './fields.ts'

/** Brings a score of an older log to the present form, in place: no value means unscored, which is NaN. */
export function migrateScore(score: Fields): void {
  dropNulls(score)
  score['value'] ??= Number.NaN
}
