import { logText } from './log-text.ts'
import { isNestedBeyond } from './nesting.ts'

/** The place of what JSON cannot hold, or is nested too deeply: `metadata.when`. Of several the first; undefined for none. */
export function unwritableField(record: unknown, deepest: number, place = ''): string | undefined {
  if (typeof record !== 'object' || record === null) return isWritable(record, deepest) ? undefined : place
  for (const name of namesOf(record)) {
    const path = Array.isArray(record) ? `${place}[${name}]` : place === '' ? name : `${place}.${name}`
    let field: unknown
    try {
      field = Reflect.get(record, name)
    } catch {
      return path
    }
    if (isWritable(field, deepest - 1)) continue
    // What is nested without end is told by where it begins.
    return path.split(/[.[]/).length < mostNames ? (unwritableField(field, deepest - 1, path) ?? path) : path
  }
  return isWritable(record, deepest) ? undefined : place
}

const mostNames = 5

function isWritable(value: unknown, deepest: number): boolean {
  try {
    logText(value)
    return !isNestedBeyond(deepest, value)
  } catch {
    return false
  }
}

function namesOf(record: object): string[] {
  try {
    return Object.keys(record)
  } catch {
    return []
  }
}
