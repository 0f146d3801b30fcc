import { fieldGaps } from './gaps/fields.ts'
import type { Gap } from './gaps/gap.ts'
import { hookGaps } from './gaps/hooks.ts'
import { orderGaps } from './gaps/orders.ts'

/** All that a log cannot hold. A difference that no entry covers is a mistake of the replay. */
export const gaps: readonly Gap[] = [...fieldGaps, ...hookGaps, ...orderGaps]
