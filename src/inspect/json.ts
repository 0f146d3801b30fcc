import { randomBytes } from 'node:crypto'
import { toStandardJson } from './json-dialect.ts'
import { syntaxErrorPosition } from './json-error.ts'

/**
 * Reads JSON as Inspect writes it: with bare `NaN`, `Infinity` and `-Infinity`, and with integers of any length. Those
 * beyond 2^53 become decimal strings. Throws a `SyntaxError` that names the position.
 */
export function parse(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Inspect's dialect, or no JSON at all: the slow path tells.
    return parseDialect(text)
  }
  return holdsUnsafeNumber(value) ? parseDialect(text) : value
}

/**
 * Writes JSON as Inspect does: `NaN` and infinities bare, undefined left out. `parse` reads the same value back,
 * negative zero included.
 */
export function stringify(value: unknown): string {
  return (holdsSpecialNumber(value) ? writeSpecial(value) : JSON.stringify(value)) ?? 'null'
}

/** Numbers beyond 2^53 may be integers that were rounded; searching the text for long runs of digits costs more. */
function holdsUnsafeNumber(root: unknown): boolean {
  const open: object[] = []
  const isUnsafe = (value: unknown): boolean => {
    if (typeof value === 'object' && value !== null) open.push(value)
    return typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
  }
  if (isUnsafe(root)) return true
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    if (Array.isArray(holder)) {
      if (holder.some(isUnsafe)) return true
    } else {
      const fields = holder as { [key: string]: unknown }
      for (const key in fields) if (isUnsafe(fields[key])) return true
    }
  }
  return false
}

function parseDialect(text: string): unknown {
  // Chosen anew for each text, so that no string in it can be taken for NaN.
  const nan = randomBytes(12).toString('base64url')
  const standard = toStandardJson(text, nan)
  let value: unknown
  try {
    value = JSON.parse(standard)
  } catch (error) {
    throw new SyntaxError(describeSyntaxError(text), { cause: error })
  }
  return standard === text ? value : restoreNaN(value, nan)
}

function describeSyntaxError(text: string): string {
  const position = syntaxErrorPosition(text)
  if (position >= text.length) return `not valid JSON: it ends too early, at position ${position}`
  // What is there may be a prompt or a key, so only the place is told.
  return `not valid JSON at position ${position}`
}

// With a list of what is still to do instead of recursion, since data may be nested deeper than the stack.
function restoreNaN(root: unknown, nan: string): unknown {
  if (root === nan) return Number.NaN
  const open: unknown[] = [root]
  while (open.length > 0) {
    const holder = open.pop()
    if (typeof holder !== 'object' || holder === null) continue
    const fields = holder as { [key: string]: unknown }
    for (const key of Object.keys(fields)) {
      const value = fields[key]
      if (value === nan) fields[key] = Number.NaN
      else if (typeof value === 'object' && value !== null) open.push(value)
    }
  }
  return root
}

/** True for a number that would not be read back as it is if `JSON.stringify` wrote it. */
function isSpecial(value: number): boolean {
  return !Number.isFinite(value) || Object.is(value, -0) || isLongInteger(value)
}

/** JavaScript writes it like an integer, with digits that it does not have. */
function isLongInteger(value: number): boolean {
  const size = Math.abs(value)
  return size > Number.MAX_SAFE_INTEGER && size < 1e21
}

function holdsSpecialNumber(value: unknown): boolean {
  if (typeof value === 'number') return isSpecial(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) {
    for (const item of value) if (holdsSpecialNumber(item)) return true
    return false
  }
  for (const key in value) {
    if (holdsSpecialNumber((value as { [key: string]: unknown })[key])) return true
  }
  return false
}

function writeSpecial(value: unknown): string | undefined {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : `${value}${isLongInteger(value) ? '.0' : ''}`
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: unknown) => writeSpecial(item) ?? 'null').join(',')}]`
  const pairs: string[] = []
  for (const [key, field] of Object.entries(value)) {
    const written = writeSpecial(field)
    if (written !== undefined) pairs.push(`${JSON.stringify(key)}:${written}`)
  }
  return `{${pairs.join(',')}}`
}
