import type { Timestamp } from './records.ts'

/**
 * A time of a log in UTC, as Inspect reads it: `2025-02-01T09:30:00.25-05:00` → `2025-02-01T14:30:00.25+00:00`. Without
 * an offset it is UTC already; numbers are seconds since 1970. What is no time is given back as it is.
 */
export function toUtc(value: unknown): Timestamp {
  if (typeof value === 'number' && Math.abs(value) < latestSeconds) return fromSeconds(value)
  if (typeof value !== 'string' || value.endsWith('+00:00')) return value as Timestamp
  const match = pattern.exec(value)
  if (match === null) return value
  const { day, time, fraction = '', offset = 'Z' } = match.groups as { [group: string]: string | undefined }
  const milliseconds = Date.parse(`${day}T${time}${offset.toUpperCase()}`)
  return Number.isNaN(milliseconds) ? value : format(milliseconds, fraction)
}

/** Microseconds since 1970 of a time in UTC, for comparing; undefined when it is none. */
export function toMicroseconds(time: unknown): number | undefined {
  const match = typeof time === 'string' ? pattern.exec(toUtc(time)) : null
  if (match === null) return undefined
  const { day, time: clock, fraction = '' } = match.groups as { [group: string]: string | undefined }
  const microseconds = Date.parse(`${day}T${clock}Z`) * 1000 + Number(fraction.slice(1, 7).padEnd(6, '0'))
  return Number.isNaN(microseconds) ? undefined : microseconds
}

const pattern =
  /^(?<day>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?<fraction>\.\d+)? ?(?<offset>[Zz]|[+-]\d{2}:?\d{2})?$/

/** What a `Date` can hold. */
const latestSeconds = 8.64e12

function fromSeconds(seconds: number): Timestamp {
  const microseconds = Math.round(seconds * 1_000_000)
  const fraction = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000
  return format((microseconds - fraction) / 1000, fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`)
}

function format(milliseconds: number, fraction: string): Timestamp {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}${fraction}+00:00`
}
