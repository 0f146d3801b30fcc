const numbers = new WeakMap<WeakKey, number>()
const counts = new Map<string, number>()

/**
 * Which of the models of that name an object is, from 0 on, in the order in which the process first used them. So two are
 * not taken for one, and a program that is run again has the same numbers again.
 */
export function numberOfModel(given: WeakKey, name: string): number {
  const known = numbers.get(given)
  if (known !== undefined) return known
  const number = counts.get(name) ?? 0
  counts.set(name, number + 1)
  numbers.set(given, number)
  return number
}
