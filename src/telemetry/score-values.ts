import type { ScoreValue } from '../inspect/records.ts'
import { jsonText } from '../inspect/json-text.ts'

/** What a scalar of a score comes to. */
export interface Result {
  readonly value: number | undefined
  readonly label: string | undefined
  /** A value that is neither number nor grade may be the model's own words, which are content. */
  readonly text?: string | undefined
  /** The scorer's range is known to be 0 to 1. */
  readonly unit: boolean
  readonly verdict: boolean | undefined
}

const grades: ReadonlyMap<string, number> = new Map([
  ['C', 1],
  ['P', 0.5],
  ['I', 0],
  ['N', 0],
])
const words: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
])
/** A finite number as Python's `float` reads it. */
const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** As Inspect's `value_to_float`, except that what is no number stays none instead of becoming 0. */
export function resultOf(value: unknown): Result {
  if (typeof value === 'number') {
    return { value: Number.isFinite(value) ? value : undefined, label: undefined, unit: false, verdict: undefined }
  }
  if (typeof value === 'boolean') return verdictResult(value, value ? 'pass' : 'fail')
  const text = typeof value === 'string' ? value : jsonText(value)
  if (text === undefined) return { value: undefined, label: undefined, unit: false, verdict: undefined }
  const grade = grades.get(text)
  if (grade !== undefined) {
    return { value: grade, label: text, unit: true, verdict: text === 'C' || text === 'I' ? text === 'C' : undefined }
  }
  const word = words.get(text.toLowerCase())
  if (word !== undefined) return verdictResult(word, word ? 'pass' : 'fail')
  const numeric = decimal.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(numeric)) return { value: numeric, label: undefined, unit: false, verdict: undefined }
  return { value: undefined, label: undefined, text, unit: false, verdict: undefined }
}

function verdictResult(verdict: boolean, label: string): Result {
  return { value: verdict ? 1 : 0, label, unit: true, verdict }
}

/** The scalars of a score, by name: one, or one for each part of a list or an object. */
export function scalarsOf(name: string, value: ScoreValue): { name: string; value: unknown }[] {
  if (Array.isArray(value)) return value.map((part, index) => ({ name: `${name}/${index + 1}`, value: part }))
  if (typeof value !== 'object' || value === null) return [{ name, value }]
  return Object.entries(value).flatMap(([key, part]) =>
    part === null ? [] : [{ name: `${name}/${key}`, value: part }],
  )
}
