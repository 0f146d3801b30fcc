const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export function formatNumber(value: number): string {
  return numbers.format(value)
}

/** `1 item`, `1,200 items`. */
export function counted(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `512 B`, `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1) : 0
  const value = bytes / 2 ** (10 * step)
  return `${value >= 100 || step === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[step]!}`
}

/** `2026-11-21`, of an ISO 8601 time. */
export function day(time: string): string {
  return time.slice(0, 10)
}

/** `2026-11-21 14:05 UTC`, of an ISO 8601 time. */
export function moment(time: string): string {
  return `${day(time)} ${time.slice(11, 16)} UTC`
}
