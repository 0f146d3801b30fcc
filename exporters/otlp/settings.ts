import { EvalspanError, type TlsOptions } from '../../src/exporter.ts'
import { readCertificates } from './certificates.ts'
import { readEndpoint } from './endpoint.ts'
import { readHeaders } from './headers.ts'
import type { Signal } from './signal.ts'
import { describeVariables, Variables } from './variables.ts'

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const

export type Protocol = (typeof protocols)[number]

/** How one signal is sent, by the variables of OTLP (specification: "OpenTelemetry Protocol Exporter", 1.x). */
export interface Settings {
  readonly signal: Signal
  readonly protocol: Protocol
  /** Without credentials. */
  readonly url: URL
  /** The endpoint was named for this very signal. */
  readonly specific: boolean
  readonly headers: Readonly<Record<string, string>>
  /** The variable that names the server. */
  readonly endpointVariable: string
  /** The variable to look at when the server refuses the credentials. */
  readonly headersVariable: string
  /** The variable that names the authorities to trust. */
  readonly certificateVariable: string
  readonly timeoutMs: number
  readonly gzip: boolean
  readonly tls: TlsOptions
  /** The variables that are set, for people: with their values where these are no secret. */
  readonly variables: readonly string[]
}

const defaultTimeoutMs = 10_000
/** What a timeout of 0, which means none, comes down to. */
const noTimeoutMs = 600_000
/** A day, which timers can hold. */
const mostTimeoutMs = 86_400_000

export function readSettings(signal: Signal, environment: NodeJS.ProcessEnv): Settings {
  const variables = new Variables(signal, environment)
  const protocol = variables.oneOf('PROTOCOL', protocols) ?? 'http/protobuf'
  const { url, specific, variable, authorization } = readEndpoint(variables, protocol)
  const headers = readHeaders(variables, protocol)
  const timeoutMs = variables.number('TIMEOUT') ?? defaultTimeoutMs
  return {
    signal,
    protocol,
    url,
    specific,
    headers: authorization && !('authorization' in headers) ? { ...headers, authorization } : headers,
    endpointVariable: variable,
    headersVariable: variables.get('HEADERS')?.name ?? 'OTEL_EXPORTER_OTLP_HEADERS',
    certificateVariable: variables.get('CERTIFICATE')?.name ?? 'OTEL_EXPORTER_OTLP_CERTIFICATE',
    timeoutMs: timeoutMs === 0 ? noTimeoutMs : Math.min(timeoutMs, mostTimeoutMs),
    gzip: variables.oneOf('COMPRESSION', ['gzip', 'none']) === 'gzip',
    tls: readCertificates(variables),
    variables: describeVariables(variables),
  }
}

/** Milliseconds between two pushes of metrics. */
export function readMetricInterval(environment: NodeJS.ProcessEnv): number {
  const name = 'OTEL_METRIC_EXPORT_INTERVAL'
  const value = environment[name]?.trim()
  if (!value) return 60_000
  const interval = Number(value)
  if (Number.isFinite(interval) && interval > 0) return interval
  throw new EvalspanError('BAD_OPTION', `${name} is "${value}": write milliseconds, more than 0`)
}
