import { formatTimestamp, type HrTime } from '../time.ts'

/** To the microsecond, as logs have it, and never earlier than the last one of this process. */
export function now(): HrTime {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000)
  return [Math.floor(micros / 1e6), (micros % 1e6) * 1000]
}

/** Now, as logs have it. */
export function timestamp(): string {
  return formatTimestamp(now())
}
