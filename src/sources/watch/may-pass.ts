import { FileError } from '../../files/file-error.ts'

/** Whether what went wrong says nothing of the log: a server that was away, a disk that failed, too many open files. */
export function mayPass(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof FileError && cause.mayPass) return true
    if ('syscall' in cause && 'errno' in cause) return true
  }
  return false
}
