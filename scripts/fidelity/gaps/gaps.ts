import { absentGaps } from './absent.ts'
import { editGaps } from './edits.ts'
import { extraGaps } from './extra.ts'
import { fieldGaps } from './fields.ts'
import type { Gap } from './gap.ts'
import { orderGaps } from './orders.ts'
import { runningGaps } from './running.ts'
import { timeGaps } from './times.ts'

/** All that a log cannot hold. A difference that no entry covers is a mistake of the replay. */
export const gaps: readonly Gap[] = [
  ...fieldGaps,
  ...timeGaps,
  ...orderGaps,
  ...absentGaps,
  ...extraGaps,
  ...runningGaps,
  ...editGaps,
]
