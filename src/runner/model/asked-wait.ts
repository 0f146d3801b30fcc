import { parseTime } from '../../time.ts'
import { retryAfterMs } from '../../retry-after.ts'

/** One header of an answer, in small letters. */
export type ReadHeader = (name: string) => string | undefined

/** When a limit is reset: of OpenAI, Groq and Azure, and of Anthropic. */
const resets = [
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-tokens-reset',
  'anthropic-ratelimit-input-tokens-reset',
  'anthropic-ratelimit-output-tokens-reset',
]

const units: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * How long a server wants to be left alone, in milliseconds: `retry-after-ms`, `Retry-After`, or else the latest of the
 * times at which one of its limits is reset, since it does not say which was met.
 */
export function askedWaitMs(header: ReadHeader, now: number = Date.now()): number | undefined {
  const stated = positive(Number(header('retry-after-ms'))) ?? waitOf(header('retry-after'), now)
  if (stated !== undefined) return stated
  const waits = resets.map((name) => waitOf(header(name), now)).filter((wait) => wait !== undefined)
  return waits.length > 0 ? Math.max(...waits) : undefined
}

/** Seconds, an HTTP date, a duration such as `1m30s`, or a time of ISO 8601. */
function waitOf(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? ''
  return positive(retryAfterMs(value, now) ?? durationMs(value) ?? untilMs(value, now))
}

function durationMs(value: string): number | undefined {
  const compact = value.replaceAll(' ', '')
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(compact)) return undefined
  return [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
    .map(([, count, unit]) => Number(count) * units[unit!]!)
    .reduce((sum, part) => sum + part, 0)
}

function untilMs(value: string, now: number): number | undefined {
  const time = parseTime(value)
  return time && time[0] * 1000 + time[1] / 1e6 - now
}

function positive(milliseconds: number | undefined): number | undefined {
  return milliseconds !== undefined && milliseconds > 0 && Number.isFinite(milliseconds) ? milliseconds : undefined
}
