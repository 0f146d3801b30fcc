import { promisify } from 'node:util'
import { gzip, gunzip } from 'node:zlib'
import type { Dispatcher, EnvHttpProxyAgent } from 'undici'
import { EvalspanError, messageOf } from '../errors.ts'
import { retryAfterMs } from '../retry-after.ts'
import { TransportError } from './transport-error.ts'

/** Certificates in PEM. `ca` takes the place of the system's. */
export interface TlsOptions {
  readonly ca?: Buffer | string | undefined
  readonly cert?: Buffer | string | undefined
  readonly key?: Buffer | string | undefined
}

export interface HttpRequest {
  /** Without credentials: those belong into a header. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly gzip?: boolean | undefined
  /** For the whole exchange. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** `POST` when left out. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'GET' | undefined
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Cut at 4 MiB. */
  readonly body: Buffer
  /** The wait that the server asked for. */
  readonly retryAfterMs: number | undefined
}

const mostBodyBytes = 4 * 2 ** 20
const compress = promisify(gzip)
const decompress = promisify(gunzip)

/**
 * HTTP for all sinks: keep-alive, proxies by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, TLS. Any status is an answer and
 * no redirect is followed; what is no answer is a `TransportError`.
 */
export class HttpTransport {
  readonly #agent: EnvHttpProxyAgent
  readonly #request: Request

  private constructor(agent: EnvHttpProxyAgent, request: Request) {
    this.#agent = agent
    this.#request = request
  }

  static async open(tls: TlsOptions = {}): Promise<HttpTransport> {
    const undici = await import('undici')
    const options = definedOnly(tls)
    try {
      const agent = new undici.EnvHttpProxyAgent({
        connect: options,
        requestTls: options,
        // Plain HTTP goes to a proxy as curl sends it; many proxies refuse to tunnel it.
        proxyTunnel: false,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      return new HttpTransport(agent, undici.request)
    } catch (error) {
      throw new EvalspanError('BAD_OPTION', `HTTP_PROXY or HTTPS_PROXY is no usable URL: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  async post(request: HttpRequest): Promise<HttpResponse> {
    const { url, timeoutMs, method = 'POST' } = request
    const body = request.gzip ? await compress(request.body) : request.body
    const headers = request.gzip ? { ...request.headers, 'content-encoding': 'gzip' } : request.headers
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    try {
      const response = await this.#request(url, { dispatcher: this.#agent, method, headers, body, signal })
      return await read(response)
    } catch (error) {
      if (request.signal?.aborted) throw TransportError.aborted(url, error)
      if (timeout.aborted) throw TransportError.timeout(url, timeoutMs, error)
      throw TransportError.of(url, error)
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

type Request = (url: URL, options: RequestOptions) => Promise<Dispatcher.ResponseData>

interface RequestOptions {
  readonly dispatcher: Dispatcher
  readonly method: Dispatcher.HttpMethod
  readonly headers: Record<string, string>
  readonly body: Uint8Array
  readonly signal: AbortSignal
}

async function read(response: Dispatcher.ResponseData): Promise<HttpResponse> {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  )
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop destroys the body, and with it the connection.
    if (bytes >= mostBodyBytes) break
  }
  const body = await unpack(Buffer.concat(chunks).subarray(0, mostBodyBytes), headers['content-encoding'])
  return { status: response.statusCode, headers, body, retryAfterMs: retryAfterMs(headers['retry-after']) }
}

/** Some proxies compress an answer although nobody asked for it. */
async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding !== 'gzip') return body
  try {
    return await decompress(body, { maxOutputLength: mostBodyBytes })
  } catch {
    return body
  }
}

function definedOnly({ ca, cert, key }: TlsOptions): {
  ca?: Buffer | string
  cert?: Buffer | string
  key?: Buffer | string
} {
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}
