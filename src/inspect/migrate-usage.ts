import { dropNulls, type Fields } from './fields.ts'

/** Brings the token counts of an older log to the present form, in place. */
export function migrateUsage(usage: Fields): void {
  dropNulls(usage)
  usage['input_tokens'] ??= 0
  usage['output_tokens'] ??= 0
  usage['total_tokens'] ??= 0
}
