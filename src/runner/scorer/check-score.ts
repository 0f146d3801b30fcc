import { inspect } from 'node:util'
import { isObject } from '../../hooks/is-object.ts'

/** Throws for what is no score, as Inspect's `Score` does: with one that is none in it a log cannot be read. */
export function checkScore(scorer: string, score: unknown): void {
  if (!isObject(score) || !('value' in score)) {
    throw new TypeError(`scorer ${scorer} gave no score; it has to return { value: … }, or undefined for none`)
  }
  const wrong = (field: string, advice: string): TypeError =>
    new TypeError(`scorer ${scorer} gave a score whose ${field} is ${shown(score[field])}; ${advice}`)
  const { value, metadata } = score
  if (!isScalar(value) && !(Array.isArray(value) && value.every(isScalar)) && !isValues(value)) {
    throw wrong('value', 'give a text, a number, true or false, or a list or an object of them')
  }
  for (const field of ['answer', 'explanation', 'reason']) {
    const text = score[field]
    if (text !== undefined && text !== null && typeof text !== 'string') throw wrong(field, 'give a text')
  }
  if (metadata !== undefined && metadata !== null && (!isObject(metadata) || Array.isArray(metadata))) {
    throw wrong('metadata', 'give an object')
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isValues(value: unknown): boolean {
  if (!isObject(value) || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((each) => each === null || each === undefined || isScalar(each))
}

function shown(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY }).slice(0, 100)
  } catch {
    return 'something that cannot be shown'
  }
}
