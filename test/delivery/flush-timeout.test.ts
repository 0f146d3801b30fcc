import { describe, expect, it } from 'vitest'
import { flushTimeoutMs } from '../../src/delivery/flush-timeout.ts'

describe('the flush timeout', () => {
  it.each([
    [{}, 10_000],
    [{ CI: 'true' }, 300_000],
    [{ CI: 'false' }, 10_000],
    [{ CI: 'true', EVALSPAN_FLUSH_TIMEOUT: '10' }, 10_000],
    [{ EVALSPAN_FLUSH_TIMEOUT: '10s' }, 10_000],
    [{ EVALSPAN_FLUSH_TIMEOUT: ' 1.5 s ' }, 1_500],
    [{ EVALSPAN_FLUSH_TIMEOUT: '500ms' }, 500],
    [{ EVALSPAN_FLUSH_TIMEOUT: '5m' }, 300_000],
    [{ EVALSPAN_FLUSH_TIMEOUT: '0' }, 0],
    [{ EVALSPAN_FLUSH_TIMEOUT: '99999999m' }, 2 ** 31 - 1],
    [{ EVALSPAN_FLUSH_TIMEOUT: '' }, 10_000],
  ])('of %j is %i ms', (environment, expected) => {
    expect(flushTimeoutMs(environment)).toBe(expected)
  })

  it.each(['soon', '-1', '5h', '1e3', '10 20'])('cannot be %j', (value) => {
    expect(() => flushTimeoutMs({ EVALSPAN_FLUSH_TIMEOUT: value })).toThrow(
      `EVALSPAN_FLUSH_TIMEOUT is "${value}", which is no duration`,
    )
  })
})
