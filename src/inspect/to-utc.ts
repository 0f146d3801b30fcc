import { formatTime, parseTime } from '../time.ts'

/**
 * A time of a log in UTC, as Inspect reads it: `2025-02-01T09:30:00-05:00` → `2025-02-01T14:30:00+00:00`. Without an
 * offset it is UTC already; numbers are seconds since 1970. What is no time is given back as it is.
 */
export function toUtc(value: unknown): unknown {
  if (typeof value === 'string' && value.endsWith('+00:00')) return value
  const time = parseTime(value)
  return time === undefined ? value : formatTime(time).replace('Z', '+00:00')
}
