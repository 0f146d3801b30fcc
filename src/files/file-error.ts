import { messageOf } from '../errors.ts'

interface FileErrorOptions extends ErrorOptions {
  readonly mayPass?: boolean
  readonly status?: number | undefined
}

/** Why a file of a store cannot be read. The message does not name the path, and never has a credential in it. */
export class FileError extends Error {
  /** It may go better after a while. */
  readonly mayPass: boolean
  /** What a server answered, by HTTP's numbers. */
  readonly status: number | undefined

  constructor(message: string, options: FileErrorOptions = {}) {
    super(message, options)
    this.name = 'FileError'
    this.mayPass = options.mayPass ?? false
    this.status = options.status
  }

  /** True where there is no such file. */
  static isMissing(error: unknown): boolean {
    return error instanceof FileError && (error.status === 404 || error.status === 410)
  }
}

export const notFound = 'there is no such file; check the path'
export const replaced = 'was replaced or removed while it was read; read it again'

const causes: { readonly [code: string]: string } = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its name cannot be resolved; check the name and the network',
  EAI_AGAIN: 'its name cannot be resolved at present; check the network',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to it; check the network',
  ENETUNREACH: 'there is no network to it; check the network',
  UND_ERR_SOCKET: 'the connection was closed too early',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'it gave no answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of its answer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it has no TLS; write http:// instead of https://',
}

/** The error of a host that gave no answer, or no whole one. */
export function unreached(host: string, error: unknown): FileError {
  const { code } = error as NodeJS.ErrnoException
  const known = code === undefined ? undefined : causes[code]
  // Some libraries name the whole URL, and in its query may be a signature.
  const message = messageOf(error).replace(/\?\S+/g, '?***')
  const why = known === undefined ? `${message}${code ? ` (${code})` : ''}` : `${known} (${code})`
  const untrusted = /CERT|SIGNATURE|ISSUER|SSL|TLS/.test(code ?? '')
  return new FileError(`${host} cannot be read from: ${why}`, { cause: error, mayPass: !untrusted })
}
