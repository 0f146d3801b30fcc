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

const wellKnownPorts = { http: 4318, grpc: 4317, query: 16686, queryGrpc: 16685 }

/** Starts a Jaeger of its own on free ports, or on an address of its own on those that everybody knows. */
export async function startJaeger(address?: string): Promise<Jaeger> {
  const host = address ?? '127.0.0.1'
  const free = address === undefined ? (['http', 'grpc', 'query', 'queryGrpc'] as const) : []
  const portsOf = (found: Partial<typeof wellKnownPorts>): typeof wellKnownPorts => ({ ...wellKnownPorts, ...found })
  const running = await startService(free, (found) => configuration(host, portsOf(found)))
  const { output, stop } = running
  const ports = portsOf(running.ports)
  const url = `http://${host}:${ports.query}`

  return {
    otlpHttp: `http://${host}:${ports.http}`,
    otlpGrpc: `http://${host}:${ports.grpc}`,
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

function configuration(host: string, port: typeof wellKnownPorts): object {
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: `${host}:${port.query}` },
        grpc: { endpoint: `${host}:${port.queryGrpc}` },
      },
    },
    receivers: {
      otlp: {
        protocols: {
          http: { endpoint: `${host}:${port.http}` },
          grpc: { endpoint: `${host}:${port.grpc}` },
        },
      },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
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
