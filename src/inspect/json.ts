import { randomBytes } from 'node:crypto'
import { toStandardJson } from './json-dialect.ts'
import { syntaxErrorPosition } from './json-error.ts'

/**
 * Reads JSON as Inspect writes it: with bare `NaN`, `Infinity` and `-Infinity`, and with integers of any length. Those
 * beyond 2^53 become decimal strings. Throws a `SyntaxError` that names the position.
 */
export function parse(text: string): unknown {
  if (!mayHoldBigInteger(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Inspect's dialect, or no JSON at all: the slow path tells.
    }
  }
  return parseDialect(text)
}

/**
 * Writes JSON as Inspect does: `NaN` and infinities bare, undefined left out. `parse` reads the same value back,
 * negative zero included.
 */
export function stringify(value: unknown): string {
  return (holdsSpecialNumber(value) ? writeSpecial(value) : JSON.stringify(value)) ?? 'null'
}

/** True when a run of 16 digits or more is a number of its own, as far as its neighbours tell; may err in strings. */
function mayHoldBigInteger(text: string): boolean {
  const digits = /\d{16,}/g
  for (let match = digits.exec(text); match !== null; match = digits.exec(text)) {
    if (/[\d.eE+]/.test(text[match.index - 1] ?? '')) continue
    if (!/[.eE]/.test(text[digits.lastIndex] ?? '')) return true
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
  const excerpt = text.slice(Math.max(0, position - 20), position + 20)
  return `not valid JSON at position ${position}, near ${JSON.stringify(excerpt)}`
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

/** Numbers that `JSON.stringify` turns into something else. */
function isSpecial(value: number): boolean {
  return !Number.isFinite(value) || Object.is(value, -0)
}

function holdsSpecialNumber(value: unknown): boolean {
  if (typeof value === 'number') return isSpecial(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsSpecialNumber)
  for (const key in value) {
    if (holdsSpecialNumber((value as { [key: string]: unknown })[key])) return true
  }
  return false
}

function writeSpecial(value: unknown): string | undefined {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value)
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: unknown) => writeSpecial(item) ?? 'null').join(',')}]`
  const pairs: string[] = []
  for (const [key, field] of Object.entries(value)) {
    const written = writeSpecial(field)
    if (written !== undefined) pairs.push(`${JSON.stringify(key)}:${written}`)
  }
  return `{${pairs.join(',')}}`
}
