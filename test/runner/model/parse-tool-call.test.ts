import { expect, it } from 'vitest'
import { parseToolCall } from '../../../src/runner/model/parse-tool-call.ts'

const tools = [
  { name: 'f', description: 'd', parameters: { type: 'object', properties: { a: {}, b: {} } } },
  { name: 'g', description: 'd', parameters: { type: 'object' } },
]

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
}

// What `parse_tool_call` of Inspect 0.3.285 makes of the same.
it.each([
  ['f', '{"a": 1}', { a: 1 }],
  ['f', '{}""', {}],
  ['f', 'hello', { a: 'hello' }],
  ['f', '12', { a: 12 }],
  ['f', 'true', { a: true }],
  ['f', '"x"', { a: 'x' }],
  ['f', '[1]', { a: [1] }],
  ['g', 'hello', {}],
  ['h', 'x', {}],
  ['g', '', {}],
])('reads the arguments of %s: %s', (name, text, expected) => {
  expect(parseToolCall('i', name, text, tools)).toEqual({
    id: 'i',
    function: name,
    arguments: expected,
    type: 'function',
  })
})

it('takes arguments that a provider has read already', () => {
  expect(parseToolCall('i', 'f', { a: 1 }, tools).arguments).toEqual({ a: 1 })
  expect(parseToolCall('i', 'f', undefined, tools).arguments).toEqual({})
})

it.each([
  ['{"a": 1', /^Error parsing the following tool call arguments:\n\n\{"a": 1\n\nError details: /],
  ['{"a":1}{"b":2}', /\{"a":1\}\{"b":2\}\n\nError details: /],
  [nested(101), /Error details: arguments exceed the maximum supported nesting depth of 100$/],
  [`{${'x'.repeat(20_000)}`, /\n\n\(arguments middle-truncated from 20001 bytes\)\n\n/],
])('tells the model what is wrong with its arguments (%#)', (text, expected) => {
  expect(parseToolCall('i', 'f', text, tools)).toEqual({
    id: 'i',
    function: 'f',
    arguments: {},
    parse_error: expect.stringMatching(expected),
    type: 'function',
  })
})

it('takes arguments of a hundred levels', () => {
  expect(parseToolCall('i', 'f', nested(100), tools).parse_error).toBeUndefined()
})
