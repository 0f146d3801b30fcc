import { messageOf } from '../errors.ts'

const causes: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved at present',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed without an answer',
  ETIMEDOUT: 'the connection timed out',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it has no TLS; write http:// instead of https://',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no network to it',
}

/** No answer came. The message names host and port, and why; never the rest of the URL, where a key may hide. */
export class TransportError extends Error {
  /** As Node or undici has it: `ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT`; `TIMEOUT`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TransportError'
    this.code = code
  }

  static timeout(url: URL, timeoutMs: number, cause: unknown): TransportError {
    return new TransportError('TIMEOUT', `${hostOf(url)} gave no answer within ${timeoutMs / 1000} s`, { cause })
  }

  static aborted(url: URL, cause: unknown): TransportError {
    return new TransportError('ABORTED', `${hostOf(url)}: the request was given up`, { cause })
  }

  static of(url: URL, error: unknown): TransportError {
    const { code, name, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
    const host = hostOf(url)
    if (name === 'HTTPParserError') {
      const message = `${host} does not speak HTTP/1.1: is it a gRPC port, or one for HTTPS?`
      return new TransportError('PROTOCOL', message, { cause: error })
    }
    // With a proxy it is another host that refuses.
    const other = port !== undefined && String(port) !== portOf(url) ? ` by ${address ?? ''}:${port}` : ''
    const known = code === undefined ? undefined : causes[code]
    const why = known === undefined ? `${messageOf(error)}${code ? ` (${code})` : ''}` : `${known}${other} (${code})`
    const how = isTls(url, code, error) ? 'TLS with it failed: ' : ''
    return new TransportError(code ?? 'UNKNOWN', `${host} cannot be reached: ${how}${why}`, { cause: error })
  }
}

/** Host and port, the port also where the URL leaves it out. */
export function hostOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80')
}

function isTls(url: URL, code: string | undefined, error: unknown): boolean {
  if (url.protocol !== 'https:' || code === undefined || code in causes) return false
  return /CERT|TLS|SSL|SIGNATURE|EPROTO|ISSUER/.test(code) || /certificate|tls|ssl/i.test(messageOf(error))
}
