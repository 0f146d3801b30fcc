import { HttpTransport, messageOf, oneLine, type HttpResponse, type Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import { isLasting } from './lasting.ts'
import { maskUrl } from './mask-url.ts'
import { readRpcStatus } from './rpc-status.ts'
import type { Settings } from './settings.ts'
import { variable } from './signal.ts'
import {
  addressOf,
  credentialsHint,
  noAnswer,
  taken,
  unknown,
  unreached,
  type Answer,
  type Mask,
  type Wire,
} from './wire.ts'

const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])
/** The server minds who asks, where or how, not what it was sent: somebody has to mend that, and the items are well. */
const mendable: ReadonlySet<number> = new Set([401, 402, 403, 407, 410, 415, 421, 426, 431, 511])
const unauthorised: ReadonlySet<number> = new Set([401, 403, 407])
/** How Go, nginx and Apache answer on a port with TLS. */
const plainHttp =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL/i
/** Of what a server says; far more than is shown, since what is masked or left out of it is not. */
const mostText = 16_000

/** OTLP/HTTP (specification: "OTLP/HTTP response"), in protobuf or JSON. */
export async function openHttpWire(settings: Settings, codec: Codec<never>, mask: Mask): Promise<Wire> {
  const { url, gzip, timeoutMs } = settings
  const transport = await HttpTransport.open(settings.tls)
  const headers = { ...settings.headers, 'content-type': codec.json ? 'application/json' : 'application/x-protobuf' }
  return {
    address: addressOf(settings, mask),
    async send(body, signal) {
      try {
        return toAnswer(await transport.post({ url, headers, body, gzip, timeoutMs, signal }), settings, codec, mask)
      } catch (error) {
        return toFailure(error, settings)
      }
    },
    close: () => transport.close(),
  }
}

function toAnswer(response: HttpResponse, settings: Settings, codec: Codec<never>, mask: Mask): Answer {
  const { status, headers } = response
  const outcome = toOutcome(response, settings, codec, mask)
  return { outcome, status: String(status), unauthorised: unauthorised.has(status), headers }
}

/** No answer of the server came. */
function toFailure(error: unknown, settings: Settings): Answer {
  const reason = unreached(settings, messageOf(error))
  const status = proxyStatus(error)
  if (status !== undefined) {
    const answer = `${reason}; check the user and password in HTTPS_PROXY or HTTP_PROXY`
    if (status === 407) return { ...noAnswer({ status: 'blocked', reason: answer }), unauthorised: true }
    return noAnswer({ status: status < 500 ? 'blocked' : 'retry', reason })
  }
  const { code = '' } = error as { code?: string }
  return noAnswer({ status: isLasting(code) ? 'blocked' : 'retry', reason })
}

/** What a proxy said instead of letting the request through. */
function proxyStatus(error: unknown): number | undefined {
  const found = /Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(messageOf(error))?.[1]
  return found === undefined ? undefined : Number(found)
}

function toOutcome(response: HttpResponse, settings: Settings, codec: Codec<never>, mask: Mask): Outcome {
  const { status, body } = response
  if (status >= 200 && status < 300) return taken(codec, body, isJson(response, codec), mask)
  const text = oneLine(mask(textOf(response)))
  const answer = `${addressOf(settings, mask)} answered ${status}${text === '' ? '' : `: ${text}`}`
  if (retryable.has(status)) return { status: 'retry', reason: answer, afterMs: response.retryAfterMs }
  if (status === 413) return { status: 'too-large', reason: answer }
  if (settings.url.protocol === 'http:' && plainHttp.test(text)) {
    return { status: 'blocked', reason: `${answer}; write https:// in the endpoint` }
  }
  const hint = hintFor(response, settings)
  if (status === 404 || status === 405 || status === 501) return unknown(settings, answer, hint)
  const isMendable = mendable.has(status) || (status >= 300 && status < 400)
  return { status: isMendable ? 'blocked' : 'rejected', reason: hint === '' ? answer : `${answer}; ${hint}` }
}

function hintFor({ status, headers }: HttpResponse, settings: Settings): string {
  const { signal } = settings
  if (status === 401 || status === 403) return credentialsHint(settings)
  if (status === 404 || status === 405 || status === 501) {
    return `the path is wrong, or this backend takes no ${signal} (${variable(signal, 'ENDPOINT')} sets the whole URL)`
  }
  if (status === 407) return 'check the user and password in HTTP_PROXY'
  if (status === 415) return 'try another OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf, http/json or grpc'
  if (status >= 300 && status < 400)
    return `redirects are not followed: set the endpoint to where it points (${shown(headers['location'])})`
  return ''
}

/** Where a redirect points to, without what may be secret. */
function shown(location = 'nowhere'): string {
  return maskUrl(location.replace(/#.*$/s, ''))
}

function isJson({ headers }: HttpResponse, codec: Codec<never>): boolean {
  const type = headers['content-type'] ?? ''
  if (type.includes('protobuf')) return false
  return codec.json || type.includes('json')
}

/** What a refusal says: the message of a `google.rpc.Status` or of a JSON object, else the text itself. */
function textOf({ headers, body }: HttpResponse): string {
  const type = headers['content-type'] ?? ''
  if (type.includes('protobuf')) return readRpcStatus(body)?.message.slice(0, mostText) ?? ''
  const message = type.includes('json') ? messageIn(body)?.slice(0, mostText) : undefined
  return message ?? withoutTags(body.toString('utf8', 0, mostText))
}

function messageIn(body: Buffer): string | undefined {
  try {
    const { message, error, detail } = JSON.parse(body.toString()) as Record<string, unknown>
    return [message, error, detail].find((text) => typeof text === 'string')
  } catch {
    return undefined
  }
}

function withoutTags(text: string): string {
  return /^\s*</.test(text) ? text.replace(/<(style|script)[^]*?<\/\1>|<[^>]*>/g, ' ') : text
}
