import { pick, type Mutation } from './mutation.ts'
import { partMutation } from './part-mutation.ts'
import { canary, nested } from './raw-values.ts'

const tokens = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '01',
  '1e999',
  '-',
  '123456789012345678901234567890',
  'tru',
  ',',
  ':',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  '/* */',
  "'",
  '\u0000',
  '\u2028',
  `"${canary}"`,
  `"${canary}":`,
  nested('[', '', 100_000),
  nested('', ']', 100_000),
]

/** Changes of the JSON text of a part. */
export const textMutations: readonly Mutation[] = [
  partMutation('text/cut', false, (text, random) => {
    const at = random.below(text.length)
    return { note: `at ${at}`, text: text.slice(0, at) }
  }),
  partMutation('text/token', false, (text, random) => {
    const at = random.below(text.length)
    const token = pick(random, tokens)
    return { note: `${token.slice(0, 20)} at ${at}`, text: text.slice(0, at) + token + text.slice(at) }
  }),
  partMutation('text/token-for-value', false, (text, random) => {
    const values = [...text.matchAll(/(?<=[:,[])(?:true|false|null|-?\d[\d.eE+-]*|"[^"\\]{0,40}")(?=[,\]}])/g)]
    if (values.length === 0) return undefined
    const { index, 0: value } = pick(random, values)
    const token = pick(random, tokens)
    return {
      note: `${token.slice(0, 20)} at ${index}`,
      text: text.slice(0, index) + token + text.slice(index + value.length),
    }
  }),
  partMutation('text/removed', false, (text, random) => {
    const at = random.below(text.length)
    const end = at + 1 + random.below(50)
    return { note: `${at} to ${end}`, text: text.slice(0, at) + text.slice(end) }
  }),
  partMutation('text/duplicate-key', false, (text, random) => {
    const keys = [...text.matchAll(/[{,]("[a-z_]{2,30}":)/g)]
    if (keys.length === 0) return undefined
    const { index, 1: key = '' } = pick(random, keys)
    const at = index + 1
    const value = pick(random, ['null', '0', '[]', '{}', `"${canary}"`])
    // The last one of two counts.
    return { note: `${key}${value}`, text: `${text.slice(0, at)}${key}${value},${text.slice(at)}`, harmless: true }
  }),
  partMutation('text/escapes', false, (text, random) => {
    const every = 1 + random.below(5)
    let count = 0
    // Of two backslashes the second is none, so the letter before an escape must be left out.
    const escaped = text.replace(/(?<=[a-z])[a-z](?=[a-z]*")/g, (letter) => {
      count += 1
      return count % every === 0 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter
    })
    return { note: `each ${every}. letter`, text: escaped, harmless: !/\\[a-z]+"/.test(text) && /^[^\\]*$/.test(text) }
  }),
  partMutation('text/blanks', false, (text, random) => {
    const blank = pick(random, [' ', '\n', '\t', '\r\n', ' '.repeat(1000)])
    const at = pick(random, [0, text.length])
    return { note: `${blank.length} at ${at}`, text: text.slice(0, at) + blank + text.slice(at), harmless: true }
  }),
  partMutation('text/other', false, (_text, random) => {
    const other = pick(random, otherTexts)
    return { note: other.slice(0, 40), text: other }
  }),
  partMutation('text/trailing', false, (text, random) => {
    const more = pick(random, ['}', ']', ',', '{}', 'x', '\0', text])
    return { note: more.slice(0, 20), text: text + more }
  }),
]

const otherTexts = [
  '',
  ' ',
  '{}',
  '[]',
  'null',
  '0',
  'NaN',
  '""',
  `"${canary}"`,
  `[${canary}]`,
  '\uFEFF',
  '\uFEFF\uFEFF{}',
  '{"id":"other"}',
  '{"id":"other","epoch":1}',
  nested('[', ']', 100_000),
  nested('[', ']', 2_000_000),
  nested('{"a":', '}', 100_000),
  nested('[', '', 1_000_000, ''),
  `{"id":"other","epoch":1,"events":${nested('[', ']', 100_000)}}`,
  `{"events":[${'{},'.repeat(100_000)}{}]}`,
]
