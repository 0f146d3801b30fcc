import { toCamelCase } from '../../src/runner/text/to-camel-case.ts'

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name

/** The same with its names as our API has them, all the way down. */
export type InCamelCase<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T as Camel<K & string>]: InCamelCase<T[K]> }
    : T

export function camel<T>(value: T): InCamelCase<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as InCamelCase<T>
  const renamed = Object.entries(value).map(([name, inner]) => [toCamelCase(name), camel(inner as unknown)])
  return Object.fromEntries(renamed) as InCamelCase<T>
}
