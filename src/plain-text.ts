import { stripVTControlCharacters } from 'node:util'

/**
 * Text from outside (names, ids, error messages) made fit for a terminal, on one line: without escape sequences,
 * control characters and characters that change the direction of what follows.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu, '')
    .toWellFormed()
}
