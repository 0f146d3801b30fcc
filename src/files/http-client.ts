import type { Dispatcher } from 'undici'
import { EvalspanError, messageOf } from '../errors.ts'
import { FileError, notFound, replaced, unreached } from './file-error.ts'

export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** To be read or destroyed. */
  readonly body: Dispatcher.ResponseData['body']
  /** Where the redirects led to. */
  readonly url: URL
}

export interface HttpLimits {
  /** To connect, for the first byte of an answer, and between two pieces of it. */
  readonly timeoutMs: number
}

const mostRedirects = 5

/**
 * Follows redirects, uses the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, and takes a user and a password from
 * the URL. Any answer that is none of success is a `FileError`.
 */
export async function httpGet(
  from: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  { timeoutMs }: HttpLimits,
): Promise<HttpAnswer> {
  const { request } = await import('undici')
  const dispatcher = await agent()
  let url = from
  for (let redirects = 0; ; redirects += 1) {
    const { origin, pathname, search, username, password } = url
    const secret = username || password ? `${decodeURIComponent(username)}:${decodeURIComponent(password)}` : undefined
    const authorization = secret && { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
    const response = await request(`${origin}${pathname}${search}`, {
      dispatcher,
      // A packed answer has no ranges.
      headers: { 'accept-encoding': 'identity', ...authorization, ...headers },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw signal?.aborted ? error : unreached(url.host, error)
    })
    const answer = { status: response.statusCode, headers: firstOfEach(response.headers), body: response.body, url }
    const { location } = answer.headers
    if (answer.status < 300) return answer
    discard(answer)
    if (answer.status > 308 || location === undefined) throw refused(answer)
    if (redirects === mostRedirects) throw new FileError(`${from.host} redirects again and again; check the URL`)
    url = target(location, url)
  }
}

/** Ends the connection when more is to come. */
export function discard({ body }: HttpAnswer): void {
  body.on('error', () => {})
  body.destroy()
}

let opened: Promise<Dispatcher> | undefined

/** One for the process: idle connections do not keep it from ending. */
function agent(): Promise<Dispatcher> {
  opened ??= import('undici').then(({ EnvHttpProxyAgent }) => {
    try {
      // Plain HTTP goes to a proxy as curl sends it; many proxies refuse to tunnel it.
      return new EnvHttpProxyAgent({ proxyTunnel: false, connect: { timeout: 10_000 } })
    } catch (error) {
      throw new EvalspanError('BAD_OPTION', `HTTP_PROXY or HTTPS_PROXY is no usable URL: ${messageOf(error)}`, {
        cause: error,
      })
    }
  })
  return opened
}

/** Where a password came from, it is not taken elsewhere: the URL has it, and the target has its own or none. */
function target(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new FileError(`${from.host} redirects to what is no http(s) URL; check the URL`)
  }
  if (url.origin === from.origin && !url.username) {
    url.username = from.username
    url.password = from.password
  }
  return url
}

function refused({ status, url }: HttpAnswer): FileError {
  const said = `${url.host} answered ${status}`
  const passes = status === 408 || status === 429 || status >= 500
  const reasons: { readonly [status: number]: string } = {
    401: `access needs a user and a password (${said})`,
    403: `access is forbidden (${said}); check the credentials, or whether a signed URL has expired`,
    404: `${notFound} (${said})`,
    410: `${notFound} (${said})`,
    412: replaced,
    416: replaced,
  }
  return new FileError(reasons[status] ?? (passes ? `${said}; try later` : said), { status, mayPass: passes })
}

function firstOfEach(headers: Readonly<Record<string, string | string[] | undefined>>): HttpAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
}
