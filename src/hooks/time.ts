const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/**
 * A time as `EventMeta` has it, from ISO 8601 (without an offset: UTC; digits beyond nanoseconds are cut) or from Unix
 * seconds. Undefined for anything else.
 */
export function normalizeTime(value: unknown): string | undefined {
  if (typeof value === 'string') return fromIso(value)
  if (typeof value === 'number') return fromSeconds(value)
  return undefined
}

function fromIso(value: string): string | undefined {
  const match = iso.exec(value)
  if (!match) return undefined
  const [, day = '', clock = '', fraction = '', zone = 'Z'] = match
  const digits = zone.replace(/[^\d]/g, '').padEnd(4, '0')
  const offset = /z/i.test(zone) ? 'Z' : `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
  const whole = secondsOf(new Date(`${day}T${clock}${offset}`))
  // Date.parse takes the 31st of any month and moves it into the next.
  if (whole === undefined || secondsOf(new Date(`${day}T${clock}Z`)) !== `${day}T${clock}`) return undefined
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction.slice(0, 9)}Z`
}

function fromSeconds(value: number): string | undefined {
  // Microseconds are all that a double holds of a present time.
  const microseconds = Math.round(value * 1e6)
  const seconds = Math.floor(microseconds / 1e6)
  const whole = secondsOf(new Date(seconds * 1000))
  return whole && `${whole}.${String(microseconds - seconds * 1e6).padStart(6, '0')}Z`
}

/** `2026-11-21T05:56:09`; undefined for a date that is none, or whose year has not four digits. */
function secondsOf(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined
  const text = date.toISOString()
  return text.length === 24 ? text.slice(0, 19) : undefined
}
