import { HttpTransport, messageOf, oneLine, type HttpResponse, type Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import { readRpcStatus } from './rpc-status.ts'
import type { Settings } from './settings.ts'
import { variable } from './signal.ts'
import { credentialsHint, taken, unknown, unreached, type Wire } from './wire.ts'

const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])
const mostTextBytes = 2_000

/** OTLP/HTTP (specification: "OTLP/HTTP response"), in protobuf or JSON. */
export async function openHttpWire(settings: Settings, codec: Codec<never>): Promise<Wire> {
  const { url, gzip, timeoutMs } = settings
  const transport = await HttpTransport.open(settings.tls)
  const headers = { ...settings.headers, 'content-type': codec.json ? 'application/json' : 'application/x-protobuf' }
  return {
    async send(body, signal) {
      try {
        return toOutcome(await transport.post({ url, headers, body, gzip, timeoutMs, signal }), settings, codec)
      } catch (error) {
        return { status: 'retry', reason: unreached(settings, messageOf(error)) }
      }
    },
    close: () => transport.close(),
  }
}

function toOutcome(response: HttpResponse, settings: Settings, codec: Codec<never>): Outcome {
  const { status, body } = response
  if (status >= 200 && status < 300) return taken(codec, body, isJson(response, codec))
  const { origin, pathname } = settings.url
  const text = textOf(response)
  const answer = `${origin}${pathname} answered ${status}${text === '' ? '' : `: ${text}`}`
  if (retryable.has(status)) return { status: 'retry', reason: answer, afterMs: response.retryAfterMs }
  if (status === 413) return { status: 'too-large', reason: answer }
  const hint = hintFor(response, settings)
  if (status === 404 || status === 405 || status === 501) return unknown(settings, answer, hint)
  return { status: 'rejected', reason: hint === '' ? answer : `${answer}; ${hint}` }
}

function hintFor({ status, headers }: HttpResponse, settings: Settings): string {
  const { signal } = settings
  if (status === 401 || status === 403) return credentialsHint(settings)
  if (status === 404 || status === 405 || status === 501) {
    return `the path is wrong, or this backend takes no ${signal} (${variable(signal, 'ENDPOINT')} sets the whole URL)`
  }
  if (status === 415) return 'try another OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf, http/json or grpc'
  if (status >= 300 && status < 400)
    return `redirects are not followed: set the endpoint to where it points (${masked(headers['location'])})`
  return ''
}

/** Where a redirect points to, without what may be secret. */
function masked(location = 'nowhere'): string {
  return location.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//***@')
}

function isJson({ headers }: HttpResponse, codec: Codec<never>): boolean {
  const type = headers['content-type'] ?? ''
  if (type.includes('protobuf')) return false
  return codec.json || type.includes('json')
}

/** What a refusal says: the message of a `google.rpc.Status` or of a JSON object, else the text itself. */
function textOf({ headers, body }: HttpResponse): string {
  const type = headers['content-type'] ?? ''
  if (type.includes('protobuf')) return oneLine(readRpcStatus(body)?.message ?? '')
  const text = body.toString('utf8', 0, mostTextBytes)
  return oneLine((type.includes('json') ? messageIn(body) : undefined) ?? withoutTags(text))
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
