const hourMs = 3_600_000

/** `1 hour`, `12 hours`, `30 days`, of milliseconds. */
export function ageText(ms: number): string {
  if (ms < hourMs) return counted(ms / 1000, 'second')
  return ms % (24 * hourMs) === 0 ? counted(ms / (24 * hourMs), 'day') : counted(ms / hourMs, 'hour')
}

function counted(value: number, unit: string): string {
  const shown = Number(value.toFixed(2))
  return `${shown} ${unit}${shown === 1 ? '' : 's'}`
}
