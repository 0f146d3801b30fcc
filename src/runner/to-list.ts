export type OneOrMany<T> = T | readonly T[]

/** As `Array.isArray`, which does not know lists that are only read. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value)
}

export function toList<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
