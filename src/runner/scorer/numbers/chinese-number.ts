import { isSpace } from '../../text/python-text.ts'
import { digitValue } from './numeric-value.ts'

const digits = valuesOf(
  '零0 〇0 ○0 一1 二2 三3 四4 五5 六6 七7 八8 九9 壹1 贰2 貳2 叁3 參3 肆4 伍5 陆6 陸6 柒7 捌8 玖9 两2 兩2 幺1',
)
const tens = valuesOf('廿20 卅30 卌40')
const smallUnits = valuesOf('十10 拾10 百100 佰100 千1000 仟1000')
const largeUnits = valuesOf('万10000 萬10000 亿100000000 億100000000 兆1000000000000')
const zeros = '零〇○'

function valuesOf(list: string): ReadonlyMap<string, number> {
  return new Map(list.split(' ').map((entry) => [entry[0]!, Number(entry.slice(1))]))
}

export function looksChinese(text: string): boolean {
  return Array.from(text).some((each) => isNumeral(each) || '点點负負正'.includes(each))
}

function isNumeral(character: string): boolean {
  return [digits, tens, smallUnits, largeUnits].some((values) => values.has(character))
}

/** A digit of any script, the Chinese ones too. */
export function anyDigit(character: string): number | undefined {
  return digitValue(character) ?? digits.get(character)
}

/** A number in Chinese numerals, without its sign: `三百二十`, `二〇二五`, `三點一四`. Undefined for what is none. */
export function parseChinese(text: string): number | undefined {
  const point = ['点', '點', '．', '.'].find((each) => text.includes(each))
  const at = point === undefined ? text.length : text.indexOf(point)
  const whole = parseWhole(Array.from(text.slice(0, at)).filter((each) => !isSpace(each)))
  const fraction = Array.from(text.slice(at + 1))
    .filter((each) => !isSpace(each))
    .map(anyDigit)
  if (whole === undefined || fraction.includes(undefined)) return undefined
  return whole + fraction.reduce<number>((sum, digit, place) => sum + digit! / 10 ** (place + 1), 0)
}

function parseWhole(characters: readonly string[]): number | undefined {
  const hasUnits = characters.some((each) => [tens, smallUnits, largeUnits].some((values) => values.has(each)))
  if (hasUnits) return parseUnits(characters)
  const values = characters.map(anyDigit)
  return values.includes(undefined) ? undefined : Number(values.join(''))
}

/** `digit unit digit unit …`, where a large unit multiplies all since the last one. */
function parseUnits(characters: readonly string[]): number | undefined {
  let total = 0
  let section = 0
  let digit = 0
  for (const each of characters) {
    const value = zeros.includes(each) ? undefined : (digits.get(each) ?? digitValue(each))
    if (tens.has(each)) section += tens.get(each)!
    else if (value !== undefined) digit = value
    else if (smallUnits.has(each)) {
      section += (digit || 1) * smallUnits.get(each)!
      digit = 0
    } else if (largeUnits.has(each)) {
      total += (section + digit) * largeUnits.get(each)!
      section = digit = 0
    } else if (!zeros.includes(each)) return undefined
  }
  return total + section + digit
}
