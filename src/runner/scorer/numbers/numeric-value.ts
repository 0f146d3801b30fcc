import { decimalDigit } from '../../text/python-text.ts'

const roman = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 50, 100, 500, 1000]
const chinese: { readonly [character: string]: number } = {
  伍: 5,
  万: 1e4,
  萬: 1e4,
  亿: 1e8,
  億: 1e8,
  兆: 1e12,
}

/**
 * What one character stands for: digits of any script, `½`, `²`, `⑫`, `Ⅻ`, `万`. Undefined for all others, numbers of
 * ancient scripts among them, which Python knows.
 */
export function numericValue(character: string): number | undefined {
  const digit = decimalDigit(character)
  if (digit !== undefined) return Number(digit)
  if (/^[\u2160-\u217f]$/.test(character)) return roman[(character.charCodeAt(0) - 0x2160) % 16]
  const [, number, fraction, divisor] = /^(?:\(?(\d+)[).]?|(\d+)\u2044(\d+))$/.exec(character.normalize('NFKC')) ?? []
  if (number !== undefined) return Number(number)
  return fraction === undefined ? chinese[character] : Number(fraction) / Number(divisor)
}

/** The value of a character that stands for a digit: of any script, or raised, or in a circle. */
export function digitValue(character: string): number | undefined {
  const value = numericValue(character)
  return value !== undefined && value < 10 && Number.isInteger(value) && !/[\u2160-\u217f伍]/.test(character)
    ? value
    : undefined
}
