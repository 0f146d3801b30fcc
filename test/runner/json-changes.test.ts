import { expect, test } from 'vitest'
import { jsonChanges } from '../../src/runner/sample/json-changes.ts'

// The expected values are those of Inspect's json_changes().
test.each([
  ['nothing', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  [
    'fields that are gone, new and other',
    { gone: 1, kept: { x: 1 }, 'a/b~c': 1 },
    { kept: { x: 2 }, 'a/b~c': 2, more: true },
    [
      { op: 'remove', path: '/gone' },
      { op: 'add', path: '/more', value: true },
      { op: 'replace', path: '/kept/x', value: 2, replaced: 1 },
      { op: 'replace', path: '/a~1b~0c', value: 2, replaced: 1 },
    ],
  ],
  ['an item before others', [1, 2], [0, 1, 2], [{ op: 'add', path: '/0', value: 0 }]],
  [
    'items that are removed',
    [1, 2, 3, 4],
    [1, 4],
    [
      { op: 'remove', path: '/1' },
      { op: 'remove', path: '/1' },
    ],
  ],
  ['another kind of value', { a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {}, replaced: [] }]],
  ['NaN that stays NaN', { a: Number.NaN }, { a: Number.NaN }, []],
])('tells of %s', (_, before, after, changes) => {
  expect(jsonChanges(before, after)).toEqual(changes)
})
