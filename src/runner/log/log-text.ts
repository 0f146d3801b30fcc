import { stringify } from '../../inspect/json.ts'
import { keylessJson } from './keys-in-json.ts'

/**
 * The JSON of a record as Inspect writes it into logs, without keys of models. Half a surrogate pair, which UTF-8 has no place for and Python's
 * parser refuses, becomes the six characters of its escape.
 */
export function logText(record: unknown): string {
  const text = keylessJson(stringify(record))
  // Of what JavaScript escapes nothing else begins like this, but an escaped backslash before a `u` looks the same.
  return text.includes(String.raw`\ud`) ? text.replace(escapes, (whole, half) => (half ? `\\${whole}` : whole)) : text
}

const escapes = /\\(?:(ud[89a-f][\da-f]{2})|.)/g

/** The text as logs have it: the same one, but for halves of surrogate pairs. */
export function logString(text: string): string {
  if (text.isWellFormed()) return text
  return text.replace(/[\ud800-\udfff]/gu, (half) => String.raw`\u${half.charCodeAt(0).toString(16)}`)
}
