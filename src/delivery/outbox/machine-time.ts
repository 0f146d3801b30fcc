/** Milliseconds since the machine was started, so that clocks may be set meanwhile. */
export function machineTime(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
