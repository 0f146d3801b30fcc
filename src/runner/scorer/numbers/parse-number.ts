import { isSpace, parseFinite, strip } from '../../text/python-text.ts'
import { anyDigit, looksChinese, parseChinese } from './chinese-number.ts'
import { numericValue } from './numeric-value.ts'

const minus = '-−﹣－负負'
const plus = '+＋﹢正'
const separators = ",，﹐、٬ \u00A0\u202F\u2009\u2007\u2008'’ʼ＇"
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const exponent = new RegExp(`^(.*?)([⁻⁺]?[${superscripts}]+)[\\s${separators}]*$`, 's')
/** Of what is looked at closely; a completion may hold files. */
const longest = 1000

/**
 * The finite number that a text is, however it is written: `-1.5e3`, `2½`, `10³`, `１２`, `三百`, `1 000`. Undefined when
 * it is none, or there is more than a number.
 */
export function parseNumber(text: string): number | undefined {
  const value = parseFinite(text) ?? (text.length <= longest ? parseUnicode(strip(text)) : undefined)
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function parseUnicode(text: string): number | undefined {
  const [rest, sign] = takeSigns(text)
  const single = singleValue(rest)
  if (single !== undefined) return sign * single
  const [, base, power] = exponent.exec(rest) ?? []
  if (base === undefined || strip(base) === '') return times(sign, parseMixed(rest))
  const value = times(sign, parseMixed(strip(base)))
  return value === undefined ? undefined : value ** plainInteger(power!)
}

function takeSigns(text: string): [rest: string, sign: 1 | -1] {
  let rest = text
  let sign: 1 | -1 = 1
  while (rest !== '' && (minus + plus).includes(rest[0]!)) {
    if (minus.includes(rest[0]!)) sign = sign === 1 ? -1 : 1
    rest = strip(rest.slice(1))
  }
  return [rest, sign]
}

function times(sign: 1 | -1, value: number | undefined): number | undefined {
  return value === undefined ? undefined : sign * value
}

function plainInteger(raised: string): number {
  const digits = Array.from(raised).map((each) => ({ '⁻': '-', '⁺': '+' })[each] ?? superscripts.indexOf(each))
  return Number(digits.join(''))
}

function singleValue(text: string): number | undefined {
  return Array.from(text).length === 1 ? numericValue(text) : undefined
}

/** A whole number with a fraction behind it, or one of them. */
function parseMixed(text: string): number | undefined {
  const characters = Array.from(text)
  const isFraction = (each: string): boolean => {
    const value = numericValue(each) ?? 0
    return value > 0 && value < 1
  }
  const at = characters.findIndex(isFraction)
  if (at === -1) return parsePlain(text)
  if (characters.slice(at + 1).some((each) => !isSpace(each) && !separators.includes(each))) return undefined
  const whole = strip(characters.slice(0, at).join(''))
  const value = whole === '' ? 0 : parsePlain(whole)
  return value === undefined ? undefined : value + numericValue(characters[at]!)!
}

function parsePlain(text: string): number | undefined {
  const stripped = strip(text)
  if (stripped === '') return undefined
  const chinese = looksChinese(stripped) ? parseChinese(stripped) : undefined
  return chinese ?? parseGrouped(stripped) ?? singleValue(stripped)
}

/** Digits of any script, in groups, with a decimal mark and an exponent. */
function parseGrouped(text: string): number | undefined {
  const mark = decimalMark(text)
  let plain = ''
  for (const each of text) {
    if (isExponentSign(each, plain)) plain += minus.includes(each) ? '-' : '+'
    else if (/^e$/i.test(each) && plain !== '' && !plain.includes('e')) plain += 'e'
    else if (each === '٫' || each === '．' || each === mark) {
      if (plain.includes('.')) return undefined
      plain += '.'
    } else if (!(isSpace(each) || separators.includes(each) || (mark !== undefined && '.,'.includes(each)))) {
      const digit = anyDigit(each)
      if (digit === undefined) return undefined
      plain += digit
    }
  }
  return parseFinite(plain)
}

function isExponentSign(character: string, before: string): boolean {
  return before.endsWith('e') && '-−﹣－+＋﹢'.includes(character)
}

/** Which of `.` and `,` divides whole from part: the last one where there are both. */
function decimalMark(text: string): '.' | ',' | undefined {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')]
  if (dot >= 0) return comma > dot ? ',' : '.'
  const behind = Array.from(text.slice(comma + 1)).filter((each) => anyDigit(each) !== undefined).length
  return comma >= 0 && behind >= 1 && behind <= 3 ? ',' : undefined
}
