import { formatTimestamp, fromMilliseconds, type HrTime } from '../time.ts'

/** To the microsecond, and never earlier than the last one of this process. */
export function now(): HrTime {
  return fromMilliseconds(performance.timeOrigin + performance.now())
}

/** Now, as logs have it. */
export function timestamp(): string {
  return formatTimestamp(now())
}
