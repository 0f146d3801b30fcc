import { EvalspanError } from '../../src/exporter.ts'
import { maskUrl } from './mask-url.ts'
import type { Protocol } from './settings.ts'
import type { Variable, Variables } from './variables.ts'

export interface Endpoint {
  /** Without credentials. */
  readonly url: URL
  readonly specific: boolean
  /** The name of the variable that it comes from. */
  readonly variable: string
  /** Of the credentials that were in the URL. */
  readonly authorization: string | undefined
}

/** Where a signal goes. `OTEL_EXPORTER_OTLP_ENDPOINT` is a base that `v1/traces` is added to; a signal's own is whole. */
export function readEndpoint(variables: Variables, protocol: Protocol): Endpoint {
  const specific = variables.specific('ENDPOINT')
  const found = specific ?? variables.generic('ENDPOINT') ?? defaultEndpoint(protocol)
  const url = parse(found, variables, protocol)
  if (!specific && protocol !== 'grpc') url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${variables.signal}`
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.hash = ''
  const isNamed = username !== '' || password !== ''
  const authorization = isNamed ? basic(username, password) : undefined
  return { url, specific: specific !== undefined, variable: found.name, authorization }
}

/** The specification's, for a command that asks for OTLP where no variable does. */
function defaultEndpoint(protocol: Protocol): Variable {
  const port = protocol === 'grpc' ? 4317 : 4318
  return { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: `http://localhost:${port}` }
}

function parse({ name, value }: Variable, variables: Variables, protocol: Protocol): URL {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
  const text = protocol === 'grpc' && !hasScheme ? `${readInsecure(variables) ? 'http' : 'https'}://${value}` : value
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && url.hostname !== '' && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  const example = protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318'
  throw new EvalspanError('BAD_OPTION', `${name} is "${maskUrl(value)}", which is no URL: write it like ${example}`)
}

function readInsecure(variables: Variables): boolean {
  return variables.oneOf('INSECURE', ['true', 'false']) === 'true'
}

function basic(username: string, password: string): string {
  const credentials = `${decode(username)}:${decode(password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
