import type { CallFailure } from './model-api.ts'

const firstMs = 3_000
const mostMs = 30 * 60_000
const jitterMs = 3_000

/** How long to wait after the attempt of that number: 3 s, 6 s, 12 s, … up to half an hour; longer where the server asks for it. */
export function retryWaitMs(
  attempt: number,
  { retryAfterMs = 0 }: CallFailure,
  random: () => number = Math.random,
): number {
  const backoff = Math.min(firstMs * 2 ** (attempt - 1), mostMs)
  return Math.max(backoff + random() * jitterMs, retryAfterMs)
}
