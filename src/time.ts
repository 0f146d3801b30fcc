/** Whole seconds and nanoseconds since 1970, as OpenTelemetry has it: no loss as in a `Date` or a float. */
export type HrTime = readonly [seconds: number, nanoseconds: number]

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * Reads a time as Inspect writes it: ISO 8601 with offset (none means UTC; digits beyond nanoseconds are cut) or seconds
 * since 1970. Undefined for anything else, `""` and the 30th of February included.
 */
export function parseTime(value: unknown): HrTime | undefined {
  if (typeof value === 'string') return parseUtc(value) ?? parseIso(value)
  if (typeof value === 'number') return Math.abs(value) < year10000 ? fromSeconds(value) : undefined
  return undefined
}

/** In seconds; later and earlier times have no place in ISO 8601 with four digits for the year. */
const year10000 = 253_402_300_800
const digit0 = 48
let lastDay = ''
let lastDaySeconds = 0

/**
 * `2026-11-21T05:56:09.518245+00:00` alone, and the same with `Z`, which is what nearly all times look like: replaying is
 * mostly reading times.
 */
function parseUtc(value: string): HrTime | undefined {
  const isUtc = value.length === 32 ? value.endsWith('+00:00') : value.length === 27 && value.endsWith('Z')
  if (!isUtc || value.charCodeAt(19) !== 46) return undefined
  if (!value.startsWith(lastDay) || lastDay === '') {
    const seconds = parseIso(`${value.slice(0, 10)}T00:00:00Z`)?.[0]
    if (seconds === undefined) return undefined
    lastDay = value.slice(0, 10)
    lastDaySeconds = seconds
  }
  const hours = twoDigits(value, 11)
  const minutes = twoDigits(value, 14)
  const seconds = twoDigits(value, 17)
  const micros = twoDigits(value, 20) * 10_000 + twoDigits(value, 22) * 100 + twoDigits(value, 24)
  // What is no digit or out of range gets the full treatment.
  if (!(hours < 24 && minutes < 60 && seconds < 60 && micros >= 0)) return undefined
  return [lastDaySeconds + hours * 3600 + minutes * 60 + seconds, micros * 1000]
}

function twoDigits(value: string, at: number): number {
  const tens = value.charCodeAt(at) - digit0
  const ones = value.charCodeAt(at + 1) - digit0
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function parseIso(value: string): HrTime | undefined {
  const match = iso.exec(value)
  if (!match) return undefined
  const [, day, clock, fraction = '', zone = 'Z'] = match
  // `Date.parse` takes the 31st of any month and 24 o'clock, and moves them into the next month and day.
  if (!isDay(day!) || clock!.startsWith('24')) return undefined
  const digits = zone.replaceAll(/\D/g, '').padEnd(4, '0')
  const offset = digits === '0000' ? 'Z' : `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
  const milliseconds = Date.parse(`${day}T${clock}${offset}`)
  if (Number.isNaN(milliseconds)) return undefined
  return [milliseconds / 1000, Number(fraction.slice(0, 9).padEnd(9, '0'))]
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** Seconds since 1970, to the microsecond: a double holds no more of a present time. */
export function fromSeconds(value: number): HrTime {
  const micros = Math.round(value * 1e6)
  const seconds = Math.floor(micros / 1e6)
  return [seconds, (micros - seconds * 1e6) * 1000]
}

/** Milliseconds since 1970, as clocks have them. */
export function fromMilliseconds(value: number): HrTime {
  const seconds = Math.floor(value / 1000)
  return [seconds, Math.floor((value - seconds * 1000) * 1e6)]
}

let lastSecond = Number.NaN
let lastBase = ''

/** `2026-11-21T05:56:09.518245Z`: whole milli-, micro- or nanoseconds, as many as there are. */
export function formatTime([seconds, nanoseconds]: HrTime): string {
  if (seconds !== lastSecond) {
    lastSecond = seconds
    lastBase = new Date(seconds * 1000).toISOString().slice(0, 19)
  }
  const base = lastBase
  if (nanoseconds === 0) return `${base}Z`
  const digits = String(nanoseconds).padStart(9, '0')
  const length = digits.endsWith('000000') ? 3 : digits.endsWith('000') ? 6 : 9
  return `${base}.${digits.slice(0, length)}Z`
}

/** `2026-11-21T05:56:09.518245+00:00`: to the microsecond, in the form that logs have. */
export function formatTimestamp(time: HrTime): string {
  const micros = Math.floor(time[1] / 1000)
  return `${formatTime([time[0], 0]).slice(0, 19)}.${String(micros).padStart(6, '0')}+00:00`
}

export function compareTimes(a: HrTime, b: HrTime): number {
  return a[0] - b[0] || a[1] - b[1]
}

/** Whether a timestamp is later than another. In the form that logs have, their order is that of their letters. */
export function isLater(timestamp: string, than: string): boolean {
  if (timestamp.length === 32 && than.length === 32 && timestamp.endsWith('+00:00') && than.endsWith('+00:00')) {
    return timestamp > than
  }
  const [a, b] = [parseTime(timestamp), parseTime(than)]
  return a !== undefined && (b === undefined || compareTimes(a, b) > 0)
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

/** The time `seconds` later. Negative and unusable durations count as none, such as those that last for ages. */
export function addSeconds(time: HrTime, seconds: number): HrTime {
  if (!(seconds > 0 && time[0] + seconds < year10000)) return time
  const whole = Math.floor(seconds)
  const nanoseconds = time[1] + Math.round((seconds - whole) * 1e9)
  return [time[0] + whole + Math.floor(nanoseconds / 1e9), nanoseconds % 1e9]
}
