import { expect, test } from 'vitest'
import { fillTemplate, formatTemplate } from '../../src/runner/text/format-template.ts'

const values = { who: 'you', number: 1.5, none: null, list: [1, 'x'], deep: { er: 'in' } }

// As Inspect's format_template gives them.
test.each([
  ['Hi {who} {number} {list} {deep[er]}', "Hi you 1.5 [1, 'x'] in"],
  ['{none} {missing} {missing.field} {deep[other]}', '{none} {missing} {missing.field} {deep[other]}'],
  ['{{literal}} {} {}', '{literal} {0} {1}'],
  ['JSON {"a": 1}', 'JSON {{"a"}: 1}'],
])('a prompt %j becomes %j', (template, text) => {
  expect(fillTemplate(template, values)).toBe(text)
})

test('a brace alone is told', () => {
  expect(() => fillTemplate('a } b', values)).toThrow("the template has '}', which is no '{name}'")
})

test('elsewhere a name without a value is told', () => {
  expect(() => formatTemplate('{who} {missing}', values)).toThrow('the template asks for {missing}, which has no value')
})
