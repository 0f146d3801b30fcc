import { expect, it } from 'vitest'
import { parse } from '../../../src/inspect/json.ts'
import { logString, logText } from '../../../src/runner/log/log-text.ts'

const half = '\ud83d'

it('writes numbers that JSON lacks as Inspect does, and leaves out what is undefined', () => {
  expect(logText({ a: Number.NaN, b: [-Infinity, 1], c: undefined, d: null })).toBe(
    '{"a":NaN,"b":[-Infinity,1],"d":null}',
  )
})

it('writes half a surrogate pair as the text of its escape, in keys as well, and whole ones as they are', () => {
  const written = logText({ text: `${half} and 💡`, [half]: 1 })
  expect(written).toBe(String.raw`{"text":"\\ud83d and 💡","\\ud83d":1}`)
  expect(parse(written)).toEqual({ text: String.raw`\ud83d and 💡`, [String.raw`\ud83d`]: 1 })
})

it('does not take a backslash in front of such letters for an escape', () => {
  const text = { path: String.raw`C:\users\ud83d\\ud83d`, next: `\n${half}"` }
  expect(parse(logText(text))).toEqual({ path: text.path, next: `\n${String.raw`\ud83d`}"` })
})

it('gives a text as it is in the log', () => {
  expect(logString(`${half} and 💡`)).toBe(String.raw`\ud83d and 💡`)
})
