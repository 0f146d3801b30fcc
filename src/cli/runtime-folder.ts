import { lstatSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { makeFolder } from '../delivery/make-folder.ts'
import { EvalspanError, messageOf } from '../errors.ts'
import { shownPath } from '../files/shown-path.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The path of a Unix socket has room for 104 bytes on macOS, for 108 on Linux, with the zero at its end. */
const longestPath = 100
/** As long as the name of a socket gets: the highest number of a process on Linux. */
const longestName = 'run-4194304.sock'

/**
 * The folder of this user's listeners, made if need be: `evalspan` in `XDG_RUNTIME_DIR`, or `evalspan-UID` in the folder
 * for temporary files, in `/tmp` where the path would be too long for a socket. Throws an `EvalspanError` (`BAD_OPTION`)
 * when it cannot be made, and when somebody else could get at what is in it.
 */
export function runtimeFolder(environment: Environment): string {
  const folder = candidates(environment)[0]!
  try {
    makeFolder(folder)
  } catch (error) {
    throw refusal(folder, `it cannot be made: ${messageOf(error)}`)
  }
  checkPrivate(folder)
  return folder
}

/** Where the socket of that name is to be: `listen.sock`, `run-4711.sock`. Throws as `runtimeFolder` does. */
export function socketPath(name: string, environment: Environment): string {
  const path = join(runtimeFolder(environment), name)
  if (Buffer.byteLength(path) > longestPath) {
    throw refusal(path, `it is longer than the ${longestPath} bytes that the path of a socket may have`)
  }
  return path
}

/**
 * The sockets of all listeners, of those too that were started with other variables, say by cron. Sorted; some may be
 * of processes that are gone. Throws an `EvalspanError` when somebody else could get at the one to be used first.
 */
export function listSockets(environment: Environment): string[] {
  return candidates(environment).flatMap((folder, index) => {
    try {
      checkPrivate(folder)
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isSocket() && entry.name.endsWith('.sock'))
        .map((entry) => join(folder, entry.name))
        .toSorted()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      // One of the others may be somebody else's, put there before us: then ours are not in it.
      if (index > 0 && error instanceof EvalspanError) return []
      throw error
    }
  })
}

/** The one to be used first. */
function candidates(environment: Environment): string[] {
  const session = environment['XDG_RUNTIME_DIR']
  const own = `evalspan-${process.getuid?.() ?? 'sockets'}`
  const folders = [
    // After `su` or in a container the variable can name a folder of somebody else, or none.
    ...(session !== undefined && isAbsolute(session) && isOwnFolder(session) ? [join(session, 'evalspan')] : []),
    join(environment['TMPDIR'] || tmpdir(), own),
  ].filter((folder) => Buffer.byteLength(join(folder, longestName)) <= longestPath)
  return folders.length > 0 ? [...new Set(folders)] : [join('/tmp', own)]
}

function isOwnFolder(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && isOwn(stats)
}

function checkPrivate(folder: string): void {
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) throw refusal(folder, 'it is no folder')
  if (!isOwn(stats)) throw refusal(folder, 'it belongs to another user')
  // Windows has no such rights.
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0) {
    throw refusal(folder, `it is open to others (its mode is ${(stats.mode & 0o777).toString(8)}): chmod 700 it`)
  }
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid()
}

function refusal(path: string, reason: string): EvalspanError {
  return new EvalspanError(
    'BAD_OPTION',
    `${shownPath(path)} cannot hold the sockets of listeners: ${reason}; or set XDG_RUNTIME_DIR to a short path of a ` +
      'folder of your own',
  )
}
