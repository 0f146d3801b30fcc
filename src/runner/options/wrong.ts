import type { EvalspanError } from '../../errors.ts'
import { badOption } from './bad-option.ts'

/** Makes the error of a field and of what to do. */
export type Wrong = (field: string, advice: string) => EvalspanError

/** Of options that stand for themselves. */
export const wrongOption: Wrong = (field, advice) => badOption(`${field} ${advice}`.trimEnd())
