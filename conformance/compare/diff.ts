import { isDeepStrictEqual } from 'node:util'
import type { Difference } from './difference.ts'
import type { Entry, View } from './view.ts'

/** All that is different between what our runner fired and what Inspect did. */
export function differencesOf(ours: View, inspect: View): Difference[] {
  const sections = new Set([...inspect.keys(), ...ours.keys()])
  return [...sections].flatMap((section) =>
    listDifferences(section, ours.get(section) ?? [], inspect.get(section) ?? []),
  )
}

function listDifferences(section: string, ours: readonly Entry[], inspect: readonly Entry[]): Difference[] {
  // Of these Inspect has the last ones.
  const pairs = / before retry \d+$/.test(section)
    ? align(inspect.toReversed(), ours.toReversed())
        .toReversed()
        .map(([their, our]) => [our, their] as const)
    : align(ours, inspect)
  return pairs.flatMap(([our, their]) => {
    if (our && their) return valueDifferences(section, our.what, '', our.details, their.details)
    const { what } = (our ?? their)!
    return [{ section, what, field: '', ours: our?.details, inspect: their?.details }]
  })
}

/** Pairs of what is in both lists, in order, as many as can be; and all that is in one of them only, those of the first list before. */
function align(ours: readonly Entry[], inspect: readonly Entry[]): (readonly [Entry | undefined, Entry | undefined])[] {
  const lengths = Array.from({ length: ours.length + 1 }, () => new Uint32Array(inspect.length + 1))
  for (let i = ours.length - 1; i >= 0; i -= 1) {
    for (let j = inspect.length - 1; j >= 0; j -= 1) {
      const isSame = ours[i]!.what === inspect[j]!.what
      lengths[i]![j] = isSame ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  const pairs: [Entry | undefined, Entry | undefined][] = []
  let [i, j] = [0, 0]
  while (i < ours.length || j < inspect.length) {
    if (i < ours.length && j < inspect.length && ours[i]!.what === inspect[j]!.what)
      pairs.push([ours[i++], inspect[j++]])
    else if (j >= inspect.length || (i < ours.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!))
      pairs.push([ours[i++], undefined])
    else pairs.push([undefined, inspect[j++]])
  }
  return pairs
}

/** Objects are compared field by field, lists of the same length item by item. Numbers may differ by what rounding does. */
function valueDifferences(section: string, what: string, field: string, ours: unknown, inspect: unknown): Difference[] {
  if (isDeepStrictEqual(ours, inspect) || isClose(ours, inspect)) return []
  if (isContainer(ours) && isContainer(inspect) && Array.isArray(ours) === Array.isArray(inspect)) {
    const isList = Array.isArray(ours)
    if (!isList || ours.length === (inspect as unknown as readonly unknown[]).length) {
      const names = new Set([...Object.keys(inspect), ...Object.keys(ours)])
      return [...names].flatMap((name) => {
        const inner = isList ? `${field}[${name}]` : field === '' ? name : `${field}.${name}`
        return valueDifferences(section, what, inner, ours[name], inspect[name])
      })
    }
  }
  return [{ section, what, field, ours, inspect }]
}

function isContainer(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}

function isClose(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}
