/** Loaded before a script (`--import`): writes the most memory the process had, in bytes, to `BENCH_PEAK_FILE`. */
import { readFileSync, writeFileSync } from 'node:fs'

process.on('exit', () => {
  const file = process.env['BENCH_PEAK_FILE']
  if (file !== undefined) {
    writeFileSync(file, String(peakBytes()))
  }
})

function peakBytes(): number {
  try {
    // What getrusage says is at least what the parent had when it forked; this is of the process alone.
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return Number(peak) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}
