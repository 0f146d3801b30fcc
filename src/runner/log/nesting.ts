/** Whether lists and objects are nested in each other more than so many deep, the outermost counted. */
export function isNestedBeyond(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isNestedBeyond(depth - 1, item)) return true
    return false
  }
  for (const key in value) {
    if (isNestedBeyond(depth - 1, (value as { [key: string]: unknown })[key])) return true
  }
  return false
}
