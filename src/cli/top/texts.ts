import { formatDuration } from '../../../exporters/console/text.ts'

export const unknown = '–'

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** `950`, `12.3K`, `4.56M`. */
export function compactNumber(value: number): string {
  return compact.format(value)
}

/** `$0.0042`, `$1.67`; `–` when no price is known. */
export function dollars(value: number | null): string {
  return value === null ? unknown : `$${value.toFixed(value > 0 && value < 0.01 ? 4 : 2)}`
}

/** `43s`, `3m 05s`, `2h 15m`: whole seconds. */
export function lasting(milliseconds: number | null): string {
  if (milliseconds === null) return unknown
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return seconds < 60 ? `${seconds}s` : formatDuration(seconds * 1000)
}

/** `0.833`, `12.4`, `1`. */
export function scoreNumber(value: number | null): string {
  if (value === null) return unknown
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)
}

/** `14:05:33`, where the reader is. */
export function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8)
}
