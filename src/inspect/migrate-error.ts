import { dropNulls, expectType, expectTypeIfThere, type Fields } from './fields.ts'

/** An error of a sample, an attempt, a tool or a task: whoever reads it counts on its message. */
export function migrateError(error: Fields): void {
  dropNulls(error)
  expectType(error, 'message', 'string')
  for (const name of ['type', 'traceback']) expectTypeIfThere(error, name, 'string')
}
