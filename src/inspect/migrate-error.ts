import { dropNulls, expectType, type Fields } from './fields.ts'

/** An error of a sample, an attempt, a tool or a task: whoever reads it counts on its message. */
export function migrateError(error: Fields): void {
  dropNulls(error)
  expectType(error, 'message', 'string')
}
