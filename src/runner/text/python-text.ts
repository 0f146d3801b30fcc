/**
 * Texts as Python handles them. Inspect's scorers are written in Python, and an answer must not be right there and wrong
 * here because the two languages have different spaces, digits or capital letters.
 */

const space = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const oneSpace = new RegExp(`[${space}]`)
const spaces = new RegExp(`[${space}]+`)
const onePunctuation = /[!-/:-@[-`{-~]/
const punctuationOrSpace = /[\t-\r !-/:-@[-`{-~]/
const number = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i

/** As `str.strip()`: without such characters at its ends, spaces when left out. */
export function strip(text: string, characters = oneSpace): string {
  // Not by one expression: it would take long for a long row of spaces that is not at the end.
  let start = 0
  let end = text.length
  while (start < end && characters.test(text[start]!)) start += 1
  while (end > start && characters.test(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}

/** Without ASCII punctuation and spaces at its ends. */
export function stripPunctuation(text: string): string {
  return strip(text, punctuationOrSpace)
}

/** Of ASCII, as `string.punctuation`. */
export function isPunctuation(character: string): boolean {
  return onePunctuation.test(character)
}

/** As `str.split()`: the words of the text. */
export function splitWords(text: string): string[] {
  const stripped = strip(text)
  return stripped === '' ? [] : stripped.split(spaces)
}

/** As `re.split(r'\s+', text)`: with an empty word at an end that is a space. */
export function splitAtSpaces(text: string): string[] {
  return text.split(spaces)
}

export function isSpace(character: string): boolean {
  return oneSpace.test(character)
}

/** As `str.casefold()`, for comparing without regard to case: `Straße` is `STRASSE`. */
export function casefold(text: string): string {
  const fold = (part: string): string => part.toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  // The dotless i has a capital letter of another.
  return text.split('ı').map(fold).join('ı')
}

/** As `float()`, but for finite numbers only: digits of any script, `1_000`, `1e3`. Undefined for all else. */
export function parseFinite(text: string): number | undefined {
  const digits = strip(text).replaceAll(/[^\0-\x7f]/gu, (character) => decimalDigit(character) ?? character)
  if (!number.test(digits)) return undefined
  const value = Number(digits.replaceAll('_', ''))
  return Number.isFinite(value) ? value : undefined
}

/** The digit of any script as one of ours; undefined for what is none. */
export function decimalDigit(character: string): string | undefined {
  if (!isDecimal(character)) return undefined
  // Unicode has the ten digits of a script in a row, and some rows right behind each other.
  const at = character.codePointAt(0)!
  let before = 0
  while (isDecimal(String.fromCodePoint(at - before - 1))) before += 1
  return String(before % 10)
}

function isDecimal(character: string): boolean {
  return /^\p{Nd}$/u.test(character)
}

/** As `str()` of what JSON holds: `True`, `None`, `['a', 1]`. Whole numbers are taken for ints. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : represent(value)
}

function represent(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return representNumber(value)
  if (typeof value === 'string') return representString(value)
  if (Array.isArray(value)) return `[${value.map(represent).join(', ')}]`
  const pairs = Object.entries(value).map(([key, field]) => `${represent(key)}: ${represent(field)}`)
  return `{${pairs.join(', ')}}`
}

function representNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Number.isInteger(value) ? String(BigInt(value)) : floatText(value)
}

/** As `str()` of a float that is finite: `1.0`, `1e-05`. */
export function floatText(value: number): string {
  const size = Math.abs(value)
  const isShort = value === 0 || (size >= 1e-4 && size < 1e16)
  if (isShort) return Number.isInteger(value) ? `${value}.0` : String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`)
}

/** As `repr()` of a text: in quotes, with what does not show escaped. */
export function representString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)
  return `${quote}${escaped}${quote}`
}
