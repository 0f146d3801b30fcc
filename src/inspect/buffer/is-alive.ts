/** Whether a process of that id is there; another one may have got the id since. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process of another user is there, and not to be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
