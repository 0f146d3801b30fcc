import { EvalspanError, messageOf } from '../../errors.ts'

/** What keeps a log from being written, and what to do. */
export function writeError(path: string, cause: unknown): EvalspanError {
  const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? messageOf(cause)
  return new EvalspanError('UNWRITABLE_LOG', `${path}: ${reason}`, { cause })
}

const denied = 'permission denied; make the folder writable, or choose another one for logs'
const full = 'the disk is full; make room, at least as much as the log has already'
const noFolder = 'a part of the path is a file, not a folder; choose another folder for logs'

const reasons: { readonly [code: string]: string } = {
  EACCES: denied,
  EPERM: denied,
  EROFS: denied,
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: noFolder,
  EEXIST: noFolder,
  ENOENT: 'the folder, or the log, is gone; leave both alone while the eval runs',
  EFBIG: 'the file is larger than what the system allows; raise the limit, or log less',
}
