import { lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'

/** Removes a socket that a listener which was killed has left behind. Says whether there was one. */
export async function removeStaleSocket(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  // One that is only busy, or of another user, gives another error.
  if (code !== 'ECONNREFUSED') return false
  rmSync(path, { force: true })
  return true
}
