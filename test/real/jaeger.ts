import { type PlainSpan, plainSpans } from './otlp-json.ts'
import { startService } from './service.ts'

/** In microseconds, as its search wants it; somewhat more would overflow as nanoseconds. */
const latest = 9e15

/** A Jaeger v2 with its traces in memory. */
export interface Jaeger {
  /** `http://127.0.0.1:…`, without `/v1/traces`. */
  readonly otlpHttp: string
  readonly otlpGrpc: string
  /** Its page and query API. */
  readonly url: string
  /** The spans of a trace as it has them now, by start and span id; none when it does not know the trace. */
  traces(traceId: string): Promise<PlainSpan[]>
  /** The ids of the traces with a span of that service, and operation and tags where given. */
  search(query: { service: string; operation?: string; tags?: { [name: string]: string } }): Promise<string[]>
  /** All it has written. */
  output(): string
  stop(): Promise<void>
}

/** Starts a Jaeger of its own on free ports. */
export async function startJaeger(): Promise<Jaeger> {
  const { ports, output, stop } = await startService(['http', 'grpc', 'query', 'queryGrpc'], (port) => ({
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: `127.0.0.1:${port.query}` },
        grpc: { endpoint: `127.0.0.1:${port.queryGrpc}` },
      },
    },
    receivers: {
      otlp: {
        protocols: {
          http: { endpoint: `127.0.0.1:${port.http}` },
          grpc: { endpoint: `127.0.0.1:${port.grpc}` },
        },
      },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  }))
  const url = `http://127.0.0.1:${ports.query}`

  return {
    otlpHttp: `http://127.0.0.1:${ports.http}`,
    otlpGrpc: `http://127.0.0.1:${ports.grpc}`,
    url,
    traces: async (traceId) => {
      const response = await fetch(`${url}/api/v3/traces/${traceId}`)
      if (response.status === 404) {
        return []
      }
      const { result } = (await successful(response)) as { result: unknown }
      return plainSpans(result).toSorted((a, b) => compare(a.start, b.start) || compare(a.spanId, b.spanId))
    },
    search: async ({ service, operation, tags }) => {
      const query = new URLSearchParams({
        service,
        lookback: 'custom',
        start: '0',
        end: String(latest),
        limit: '10000',
      })
      if (operation !== undefined) {
        query.set('operation', operation)
      }
      if (tags !== undefined) {
        query.set('tags', JSON.stringify(tags))
      }
      const { data } = (await successful(await fetch(`${url}/api/traces?${query.toString()}`))) as {
        data: { traceID: string }[]
      }
      return data.map((trace) => trace.traceID).toSorted()
    },
    output,
    stop,
  }
}

async function successful(response: Response): Promise<unknown> {
  if (!response.ok) {
    throw new Error(`Jaeger answered ${response.status} to ${response.url}: ${await response.text()}`)
  }
  return response.json()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
