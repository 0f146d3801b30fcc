/** What an error of the disk means to a user, without the path. What is not known stays as it is. */
export function explained(error: unknown, what: 'file' | 'folder'): unknown {
  const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
  return reason === undefined ? error : new Error(reason(what), { cause: error })
}

const missing = (what: string): string => `there is no such ${what}; check the path`
const denied = (what: string): string => `permission denied; make the ${what} readable`

const reasons: { readonly [code: string]: (what: string) => string } = {
  ENOENT: missing,
  ENOTDIR: missing,
  EACCES: denied,
  EPERM: denied,
}
