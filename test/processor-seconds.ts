/** How long a function keeps the processor at work, which does not depend on how busy the machine is. */
export function processorSeconds(run: () => void): number {
  const before = process.cpuUsage()
  run()
  return process.cpuUsage(before).user / 1e6
}
