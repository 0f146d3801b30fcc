import { readFileSync } from 'node:fs'
import { isThere, processStart } from '../../processes.ts'

/**
 * Whether the process is there that last wrote something, as seen from here: from another container it is not, and one
 * of another id may have its number. `written`: when that was, in milliseconds since 1970.
 */
export function isAlive(pid: number, written: number): boolean {
  if (!isThere(pid)) return false
  const start = startMs(pid)
  if (start === undefined) return Date.now() - written < unknownMs
  // Numbers are used again: what began later has never written it.
  return start < written + slackMs
}

/** Where nobody tells when a process began, its number is somebody else's after so long a silence. */
const unknownMs = 86_400_000

/** Clocks of disks are coarser than those of processes. */
const slackMs = 10_000

/** In milliseconds since 1970; undefined where it cannot be known. */
function startMs(pid: number): number | undefined {
  const start = processStart(pid)
  if (start === '') return Infinity
  try {
    const up = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0])
    const age = up * 1000 - Number(start) * tickMs
    // Some containers count from their own beginning, and their processes from that of the machine.
    return age >= 0 ? Date.now() - age : undefined
  } catch {
    return undefined
  }
}

/** What programs are told of a Linux kernel's time, on all of today's machines. */
const tickMs = 10
