import type { Json, ScoreValue } from '../../inspect/records.ts'
import { parseFinite } from '../text/python-text.ts'

/** Makes the number of a score's value that metrics and reducers count with. */
export type ValueToFloat = (value: Json) => number

export interface ValueToFloatOptions {
  /** What counts 1; `C` when left out. */
  readonly correct?: ScoreValue | undefined
  /** What counts 0; `I` when left out. */
  readonly incorrect?: ScoreValue | undefined
  /** What counts 0.5; `P` when left out. */
  readonly partial?: ScoreValue | undefined
  /** What counts 0 too; `N` when left out. */
  readonly noAnswer?: ScoreValue | undefined
}

/**
 * As Inspect's `value_to_float`: grades by what they are, booleans and `yes`/`no`/`true`/`false` as 1 and 0, numbers and
 * texts of numbers as they are, and 0 for all else, lists and objects included.
 */
export function valueToFloat(options: ValueToFloatOptions = {}): ValueToFloat {
  const { correct = 'C', incorrect = 'I', partial = 'P', noAnswer = 'N' } = options
  return function toFloat(value) {
    if (isEqual(value, correct)) return 1
    if (isEqual(value, partial)) return 0.5
    if (isEqual(value, incorrect) || isEqual(value, noAnswer)) return 0
    if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
    return typeof value === 'string' ? textToFloat(value.toLowerCase()) : 0
  }
}

function textToFloat(text: string): number {
  if (text === 'yes' || text === 'true') return 1
  if (text === 'no' || text === 'false') return 0
  return parseFinite(text) ?? 0
}

/** As Python compares: true is 1. Lists and objects as grades have no use. */
function isEqual(a: Json, b: Json): boolean {
  return plain(a) === plain(b)
}

function plain(value: Json): Json {
  return typeof value === 'boolean' ? Number(value) : value
}
