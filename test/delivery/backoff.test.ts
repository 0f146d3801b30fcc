import { describe, expect, it } from 'vitest'
import { Backoff } from '../../src/delivery/backoff.ts'

describe('the back-off', () => {
  it('doubles with each failure up to half a minute, and starts over after a success', () => {
    const backoff = new Backoff(() => 1)
    expect(Array.from({ length: 9 }, () => backoff.fail())).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ])
    backoff.succeed()
    expect([backoff.failing, backoff.fail(), backoff.failing]).toEqual([false, 500, true])
  })

  it('is spread by chance over the upper half', () => {
    expect([0, 0.5, 1].map((chance) => new Backoff(() => chance).fail())).toEqual([250, 375, 500])
  })

  it('is what the server asks for, within reason', () => {
    const backoff = new Backoff(() => 1)
    expect([0, 1234, 1e12, Number.NaN].map((asked) => backoff.fail(asked))).toEqual([50, 1234, 3_600_000, 4000])
  })
})
