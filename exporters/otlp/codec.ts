import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Protocol } from './settings.ts'

/** What a server says of a request it took: how many parts of it not, and why or what to mind. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** Bytes of one signal. */
export interface Codec<T> {
  readonly json: boolean
  encode(content: T): Uint8Array
  /** Undefined where the server took all and has nothing to say. */
  readPartialSuccess(answer: Uint8Array, json: boolean): PartialSuccess | undefined
}

export interface Codecs {
  readonly traces: Codec<ReadableSpan[]>
  readonly metrics: Codec<ResourceMetrics>
  readonly logs: Codec<ReadableLogRecord[]>
}

interface Serializer<T> {
  serializeRequest(content: T): Uint8Array | undefined
  deserializeResponse(answer: Uint8Array): { readonly partialSuccess?: object }
}

/** OpenTelemetry's own serializers. */
export async function loadCodecs(protocol: Protocol): Promise<Codecs> {
  const otlp = await import('@opentelemetry/otlp-transformer')
  const json = protocol === 'http/json'
  return {
    traces: codec(json, otlp.JsonTraceSerializer, otlp.ProtobufTraceSerializer),
    metrics: codec(json, otlp.JsonMetricsSerializer, otlp.ProtobufMetricsSerializer),
    logs: codec(json, otlp.JsonLogsSerializer, otlp.ProtobufLogsSerializer),
  }
}

function codec<T>(json: boolean, jsonSerializer: Serializer<T>, protobufSerializer: Serializer<T>): Codec<T> {
  return {
    json,
    encode(content) {
      const bytes = (json ? jsonSerializer : protobufSerializer).serializeRequest(content)
      if (!bytes) throw new Error('OpenTelemetry cannot encode this')
      return bytes
    },
    readPartialSuccess(answer, isJson) {
      if (answer.length === 0) return undefined
      try {
        return toPartialSuccess((isJson ? jsonSerializer : protobufSerializer).deserializeResponse(answer))
      } catch {
        // Many a server answers with something of its own. It took the request all the same.
        return undefined
      }
    },
  }
}

function toPartialSuccess(response: { readonly partialSuccess?: object } | null): PartialSuccess | undefined {
  const { errorMessage = '', ...counts } = { ...response?.partialSuccess } as Record<string, unknown>
  // JSON has 64-bit integers as strings.
  const rejected = Number(counts['rejectedSpans'] ?? counts['rejectedDataPoints'] ?? counts['rejectedLogRecords'] ?? 0)
  const message = typeof errorMessage === 'string' ? errorMessage : ''
  return rejected > 0 || message !== '' ? { rejected: rejected > 0 ? rejected : 0, message } : undefined
}
