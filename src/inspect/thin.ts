import { isFields, type Fields } from './fields.ts'
import { jsonText } from './json-text.ts'
import { shorten } from './shorten.ts'

/** The longest text of an input or target in a summary, in characters. */
const longestText = 5120
/** The longest value in the metadata of a summary, in characters of JSON. */
const longestValue = 1024
/** How much of a text Inspect looks at to shorten it. */
const lookedAt = longestValue * 8

/** The input of a sample as a summary has it: long texts cut, and of pictures and the like their kind. */
export function thinInput(input: unknown): unknown {
  if (typeof input === 'string') return truncate(input)
  if (!Array.isArray(input)) return input
  return input.map((message: unknown) => {
    if (!isFields(message)) return message
    const { content } = message
    if (typeof content === 'string') return { ...message, content: truncate(content) }
    return Array.isArray(content) ? { ...message, content: content.map(thinPart) } : message
  })
}

function thinPart(part: unknown): unknown {
  if (!isFields(part) || typeof part['type'] !== 'string') return part
  const { type, text, citations, refusal } = part
  if (type !== 'text') return { type: 'text', text: `(${type.charAt(0).toUpperCase()}${type.slice(1).toLowerCase()})` }
  const short = truncate(textOf(text))
  return short === text ? part : { type, text: short, citations, refusal }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (jsonText(value) ?? '')
}

/** The target of a sample as a summary has it. */
export function thinTarget(target: unknown): unknown {
  if (Array.isArray(target)) return target.map((each) => truncate(textOf(each)))
  return typeof target === 'string' ? truncate(target) : target
}

/** Metadata as a summary has it: texts shortened, and a note in place of what is long. */
export function thinMetadata(metadata: Fields): Fields {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => {
      if (value === undefined) return []
      if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]]
      if (typeof value === 'string') return [[key, thinText(value)]]
      return [[key, isLong(value) ? 'Key removed from summary (> 1k)' : value]]
    }),
  )
}

/** An answer or an explanation as a summary has it. */
export function thinText(text: string): string {
  return shorten(firstCharacters(text, lookedAt), longestValue)
}

/** Inspect measures JSON with an indent of two, which of what is nested deeply is nearly all. */
function isLong(value: unknown): boolean {
  const compact = jsonText(value)
  if (compact === undefined || compact.length > 2 * longestValue) return true
  const text = JSON.stringify(value, null, 2)
  return firstCharacters(text, longestValue) !== text
}

function truncate(text: string): string {
  const start = firstCharacters(text, longestText)
  return start === text ? text : `${start}...\n(content truncated)`
}

/** Python counts code points. */
function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text
  const start = text.slice(0, 2 * count)
  return /[\ud800-\udfff]/.test(start) ? Array.from(start).slice(0, count).join('') : text.slice(0, count)
}
