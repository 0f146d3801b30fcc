import { parseTime } from '../../time.ts'

/** Milliseconds since 1970 of a time as events and their meta have it. */
export function milliseconds(time: unknown): number | undefined {
  const parsed = parseTime(time)
  return parsed && parsed[0] * 1000 + parsed[1] / 1e6
}
