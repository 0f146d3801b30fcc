import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { type PlainLog, type PlainPoint, type PlainSpan, plainLogs, plainPoints, plainSpans } from './otlp-json.ts'
import { startService } from './service.ts'

/** An OpenTelemetry Collector that takes traces, metrics and logs, and tells what it took. */
export interface Collector {
  /** `http://127.0.0.1:…`, without `/v1/…`. */
  readonly otlpHttp: string
  readonly otlpGrpc: string
  /** What has come in so far, in order: complete as soon as the Collector has answered. */
  readonly spans: readonly PlainSpan[]
  readonly points: readonly PlainPoint[]
  readonly logs: readonly PlainLog[]
  /** What its Prometheus exporter shows now. */
  scrape(): Promise<string>
  /** All it has written: its debug exporter describes every span, point and record. */
  output(): string
  stop(): Promise<void>
}

/** Starts a Collector of its own on free ports. */
export async function startCollector(): Promise<Collector> {
  const spans: PlainSpan[] = []
  const points: PlainPoint[] = []
  const logs: PlainLog[] = []
  const downstream = await listen((request) => {
    spans.push(...plainSpans(request))
    points.push(...plainPoints(request))
    logs.push(...plainLogs(request))
  })
  const { ports, output, stop } = await startService(['http', 'grpc', 'prometheus'], (port) => ({
    service: {
      pipelines: {
        traces: { receivers: ['otlp'], exporters: ['otlphttp', 'debug'] },
        metrics: { receivers: ['otlp'], exporters: ['otlphttp', 'debug', 'prometheus'] },
        logs: { receivers: ['otlp'], exporters: ['otlphttp', 'debug'] },
      },
      telemetry: { metrics: { level: 'none' } },
    },
    receivers: {
      otlp: {
        protocols: {
          http: { endpoint: `127.0.0.1:${port.http}` },
          grpc: { endpoint: `127.0.0.1:${port.grpc}` },
        },
      },
    },
    exporters: {
      debug: { verbosity: 'detailed' },
      // Without queue and retry, a request is answered after it was handed on.
      otlphttp: {
        endpoint: downstream.url,
        encoding: 'json',
        compression: 'none',
        sending_queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
      prometheus: { endpoint: `127.0.0.1:${port.prometheus}`, resource_to_telemetry_conversion: { enabled: true } },
    },
  })).catch((error: unknown) => {
    downstream.server.close()
    throw error
  })

  return {
    otlpHttp: `http://127.0.0.1:${ports.http}`,
    otlpGrpc: `http://127.0.0.1:${ports.grpc}`,
    spans,
    points,
    logs,
    scrape: async () => (await fetch(`http://127.0.0.1:${ports.prometheus}/metrics`)).text(),
    output,
    stop: async () => {
      await stop()
      downstream.server.closeAllConnections()
      downstream.server.close()
    },
  }
}

async function listen(take: (request: unknown) => void): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    json(request).then(
      (body) => {
        take(body)
        response.setHeader('content-type', 'application/json').end('{}')
      },
      () => response.destroy(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` }
}
