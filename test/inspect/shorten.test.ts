import { expect, it } from 'vitest'
import { shorten } from '../../src/inspect/shorten.ts'

// Each with what `textwrap.shorten(text, width, placeholder='...')` of Python 3.11 gives.
it.each([
  ['  two   words\n\tand more ', 40, 'two words and more'],
  ['one two three four', 12, 'one two...'],
  ['a well-known phrase here', 14, 'a well-...'],
  ['Donaudampfschifffahrt', 10, '...'],
  ['xxxxxxxx-yyyyyyyyy', 12, 'xxxxxxxx-...'],
  ['𝒳𝒳𝒳 𝒳𝒳𝒳 𝒳𝒳𝒳', 8, '𝒳𝒳𝒳...'],
  ['       ', 5, ''],
  ['and--so on', 8, 'and--...'],
])('shortens %j to %i characters as Python does', (text, width, expected) => {
  expect(shorten(text, width)).toBe(expected)
})
