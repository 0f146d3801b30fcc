import { expect, it } from 'vitest'
import { askedWaitMs } from '../../../src/runner/model/asked-wait.ts'

const now = Date.parse('2026-11-21T05:56:09Z')

// Times of `parse_retry_after` of Inspect 0.3.285 for the same headers; `retry-after-ms` is not known to it.
it.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '0' }, undefined],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': 'inf' }, undefined],
  [{ 'retry-after': '1 m 2 s' }, 62_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 05:56:39 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, undefined],
  [{ 'x-ratelimit-reset-requests': '1m30s', 'x-ratelimit-reset-tokens': '500ms' }, 90_000],
  [{ 'x-ratelimit-reset-requests': '1x' }, undefined],
  [{ 'retry-after': '0', 'x-ratelimit-reset-tokens': '3' }, 3000],
  [{ 'anthropic-ratelimit-tokens-reset': '2026-11-21T05:56:19Z' }, 10_000],
  [{ 'retry-after': '2', 'retry-after-ms': '1500' }, 1500],
  [{}, undefined],
] as const)('reads %o', (headers, expected) => {
  expect(askedWaitMs((name) => (headers as { [name: string]: string })[name], now)).toBe(expected)
})
