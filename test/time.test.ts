import { describe, expect, it } from 'vitest'
import { addSeconds, formatTime, parseTime, secondsBetween } from '../src/time.ts'

describe('parseTime', () => {
  it.each([
    ['2026-11-21T05:56:09.518245+00:00', [1795240569, 518_245_000]],
    // The same day again is read the quick way, the next one must not be.
    ['2026-11-21T23:59:59.999999+00:00', [1795305599, 999_999_000]],
    ['2026-11-22T00:00:00.000001+00:00', [1795305600, 1000]],
    ['2025-05-01T10:00:00.25-04:00', [1746108000, 250_000_000]],
    ['2025-05-01T10:00:00', [1746093600, 0]],
    ['2026-11-21T05:56:09.518245678Z', [1795240569, 518_245_678]],
    [1795240569.518245, [1795240569, 518_245_000]],
  ])('reads %s', (value, expected) => {
    expect(parseTime(value)).toEqual(expected)
  })

  it.each([
    '',
    'soon',
    '2026-11-21',
    '2026-02-30T00:00:00Z',
    '2026-02-30T00:00:00.000000+00:00',
    '2026-11-21T24:00:00Z',
    '2026-11-21T25:00:00.000000+00:00',
    '2026-11-21T05:5x:09.518245+00:00',
    Number.NaN,
    Infinity,
    1e15,
    null,
    undefined,
    {},
  ])('takes %s for no time', (value) => {
    expect(parseTime(value)).toBeUndefined()
  })

  it('gives back what formatTime writes, in as many digits as there are', () => {
    const texts = [
      '2026-11-21T05:56:09Z',
      '2026-11-21T05:56:09.500Z',
      '2026-11-21T05:56:09.518245Z',
      '2026-11-21T05:56:09.518245678Z',
    ]
    expect(texts.map((text) => formatTime(parseTime(text)!))).toEqual(texts)
  })
})

it('counts durations without going below zero', () => {
  expect(secondsBetween([10, 500_000_000], [12, 0])).toBe(1.5)
  expect(secondsBetween([12, 0], [10, 0])).toBe(0)
  expect(addSeconds([10, 800_000_000], 0.3)).toEqual([11, 100_000_000])
  expect(addSeconds([10, 0], Number.NaN)).toEqual([10, 0])
  expect(addSeconds([10, 0], 1e300)).toEqual([10, 0])
})
