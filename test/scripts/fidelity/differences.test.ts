import { expect, it } from 'vitest'
import { differencesOf } from '../../../scripts/fidelity/differences.ts'

function differences(live: unknown, replayed: unknown): string[] {
  return differencesOf(live, replayed, { values: 0 }).map(
    (each) => `${each.path}: ${JSON.stringify(each.live)} ${JSON.stringify(each.replayed)}`,
  )
}

it('names each place at which two values differ', () => {
  const live = { a: 1, b: { c: ['x', 'y'] }, d: null, e: Number.NaN, f: undefined }
  expect(differences(live, { a: 2, b: { c: ['x'] }, e: Number.NaN })).toEqual([
    'a: 1 2',
    'b.c[1]: "y" undefined',
    'd: null undefined',
  ])
})

it('compares lists of events by their uuids, and their order', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((uuid) => ({ uuid, value: 1 }))
  expect(differences({ events: [first, second, third] }, { events: [third, { ...first, value: 2 }] })).toEqual([
    'events[0].value: 1 2',
    'events[1]: {"uuid":"b","value":1} undefined',
    'events order: "a c" "c a"',
  ])
})

it('counts what it compares', () => {
  const tally = { values: 0 }
  differencesOf({ a: [1, 2], b: 'x' }, { a: [1, 2], b: 'x' }, tally)
  expect(tally.values).toBe(3)
})
