/** Whole seconds and nanoseconds since 1970: what the log says, without the loss of a `Date` or a float. */
export type HrTime = readonly [seconds: number, nanoseconds: number]

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?$/i

/**
 * Reads a time as Inspect writes it: ISO 8601 with offset (none means UTC) or seconds since 1970.
 * Undefined for anything else, `""` included.
 */
export function parseTime(value: unknown): HrTime | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? fromSeconds(value) : undefined
  if (typeof value !== 'string') return undefined
  const match = iso.exec(value)
  if (!match) return undefined
  const [, day, clock, fraction = '', zone = 'Z'] = match
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  const milliseconds = Date.parse(`${day}T${clock}${offset}`)
  if (Number.isNaN(milliseconds)) return undefined
  return [milliseconds / 1000, Number(fraction.slice(0, 9).padEnd(9, '0'))]
}

export function fromSeconds(value: number): HrTime {
  // Microseconds are all that a double holds of a present time.
  const micros = Math.round(value * 1e6)
  const seconds = Math.floor(micros / 1e6)
  return [seconds, (micros - seconds * 1e6) * 1000]
}

/** `2026-11-21T05:56:09.518245Z`: whole milli-, micro- or nanoseconds, as many as there are. */
export function formatTime([seconds, nanoseconds]: HrTime): string {
  const base = new Date(seconds * 1000).toISOString().slice(0, 19)
  if (nanoseconds === 0) return `${base}Z`
  const digits = String(nanoseconds).padStart(9, '0')
  const length = digits.endsWith('000000') ? 3 : digits.endsWith('000') ? 6 : 9
  return `${base}.${digits.slice(0, length)}Z`
}

export function compareTimes(a: HrTime, b: HrTime): number {
  return a[0] - b[0] || a[1] - b[1]
}

export function earliest(a: HrTime, b: HrTime | undefined): HrTime
export function earliest(a: HrTime | undefined, b: HrTime | undefined): HrTime | undefined
export function earliest(a: HrTime | undefined, b: HrTime | undefined): HrTime | undefined {
  if (!a || !b) return a ?? b
  return compareTimes(a, b) <= 0 ? a : b
}

export function latest(a: HrTime, b: HrTime | undefined): HrTime
export function latest(a: HrTime | undefined, b: HrTime | undefined): HrTime | undefined
export function latest(a: HrTime | undefined, b: HrTime | undefined): HrTime | undefined {
  if (!a || !b) return a ?? b
  return compareTimes(a, b) >= 0 ? a : b
}

/** Seconds from `start` to `end`, never negative. */
export function secondsBetween(start: HrTime, end: HrTime): number {
  return Math.max(0, end[0] - start[0] + (end[1] - start[1]) / 1e9)
}

/** The time `seconds` later. Negative and unusable durations count as none. */
export function addSeconds(time: HrTime, seconds: number): HrTime {
  if (!(seconds > 0) || !Number.isFinite(seconds)) return time
  const whole = Math.floor(seconds)
  const nanoseconds = time[1] + Math.round((seconds - whole) * 1e9)
  return [time[0] + whole + Math.floor(nanoseconds / 1e9), nanoseconds % 1e9]
}
