import type { Score } from '../../inspect/records.ts'
import { strip } from '../text/python-text.ts'

/** Says so in a score when the model gave no answer at all. */
export function noResponse(completion: string): Pick<Score, 'reason'> {
  return strip(completion) === '' ? { reason: 'no_response' } : {}
}
