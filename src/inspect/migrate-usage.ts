import { dropNulls, expectTypeIfThere, type Fields } from './fields.ts'

/** Brings the token counts of an older log to the present form, in place. */
export function migrateUsage(usage: Fields): void {
  dropNulls(usage)
  for (const name of counts) expectTypeIfThere(usage, name, 'number')
  usage['input_tokens'] ??= 0
  usage['output_tokens'] ??= 0
  usage['total_tokens'] ??= 0
}

const counts = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'input_tokens_cache_write',
  'input_tokens_cache_read',
  'reasoning_tokens',
  'total_cost',
]
