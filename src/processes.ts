import { readFileSync } from 'node:fs'

/** Whether there is a process of this number; it may be another one than is thought, and of another user. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process of another user is there, and not to be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process was started, in the kernel's own count; undefined where that cannot be known. One that has ended and that
 * nobody has asked about yet has no such time (proc_pid_stat(5)), which gives ''.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Before that is the name, in which anything may be.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : fields[19]
  } catch {
    return undefined
  }
}
