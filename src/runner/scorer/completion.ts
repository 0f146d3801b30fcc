import type { Score } from '../../inspect/records.ts'
import { textOf, type TaskState } from '../task-state.ts'
import { strip } from '../python-text.ts'

/** What the model answered at last. */
export function completionOf({ output }: Pick<TaskState, 'output'>): string {
  return output.completion ?? textOf(output.choices[0]?.message)
}

/** Says so in a score when the model gave no answer at all. */
export function noResponse(completion: string): Pick<Score, 'reason'> {
  return strip(completion) === '' ? { reason: 'no_response' } : {}
}
