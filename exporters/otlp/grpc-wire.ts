import type * as Grpc from '@grpc/grpc-js'
import { EvalspanError, hostOf, messageOf, oneLine, scope, type Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import { readRpcStatus } from './rpc-status.ts'
import type { Settings } from './settings.ts'
import type { Signal } from './signal.ts'
import { credentialsHint, taken, unknown, unreached, type Wire } from './wire.ts'

const services: Record<Signal, string> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
}

/** OTLP/gRPC (specification: "OTLP/gRPC response"). */
export async function openGrpcWire(settings: Settings, codec: Codec<never>): Promise<Wire> {
  const grpc = await loadGrpc()
  const client = connect(grpc, settings)
  const metadata = toMetadata(grpc, settings.headers)
  const path = `/opentelemetry.proto.collector.${services[settings.signal]}/Export`
  const { timeoutMs } = settings
  return {
    send: (bytes, signal) =>
      new Promise((resolve) => {
        const options = { deadline: Date.now() + timeoutMs }
        const call = client.makeUnaryRequest<Buffer, Buffer>(
          path,
          (request) => request,
          (answer) => answer,
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
          metadata,
          options,
          (error, answer) => {
            signal.removeEventListener('abort', cancel)
            resolve(error ? toOutcome(grpc, settings, error) : taken(codec, answer ?? Buffer.alloc(0), false))
          },
        )
        const cancel = (): void => call.cancel()
        signal.addEventListener('abort', cancel, { once: true })
        if (signal.aborted) cancel()
      }),
    async close() {
      client.close()
    },
  }
}

async function loadGrpc(): Promise<typeof Grpc> {
  try {
    return await import('@grpc/grpc-js')
  } catch (error) {
    throw new EvalspanError(
      'MISSING_PACKAGE',
      'OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs a package that is not installed: npm install @grpc/grpc-js',
      { cause: error },
    )
  }
}

function connect(grpc: typeof Grpc, { url, tls, gzip }: Settings): Grpc.Client {
  const { ca, cert, key } = tls
  const credentials =
    url.protocol === 'https:'
      ? grpc.credentials.createSsl(pem(ca), pem(key), pem(cert))
      : grpc.credentials.createInsecure()
  return new grpc.Client(hostOf(url), credentials, {
    'grpc.default_compression_algorithm': gzip ? grpc.compressionAlgorithms.gzip : grpc.compressionAlgorithms.identity,
    'grpc.primary_user_agent': `${scope.name}/${scope.version}`,
    // The sender waits between attempts already; two minutes of the channel's own on top would be lost.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2_000,
  })
}

function pem(content: Buffer | string | undefined): Buffer | null {
  return content ? Buffer.from(content) : null
}

function toMetadata(grpc: typeof Grpc, headers: Settings['headers']): Grpc.Metadata {
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(headers)) {
    metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
  }
  return metadata
}

function toOutcome({ status }: typeof Grpc, settings: Settings, error: Grpc.ServiceError): Outcome {
  const { code, details, metadata } = error
  const problem = describe(status[code] ?? String(code), details || messageOf(error))
  const answer = unreached(settings, `${hostOf(settings.url)} ${problem}`)
  const [detail] = metadata?.get('grpc-status-details-bin') ?? []
  const afterMs = detail instanceof Buffer ? readRpcStatus(detail)?.retryDelayMs : undefined
  switch (code) {
    case status.CANCELLED:
    case status.DEADLINE_EXCEEDED:
    case status.ABORTED:
    case status.OUT_OF_RANGE:
    case status.UNAVAILABLE:
    case status.DATA_LOSS:
      return { status: 'retry', reason: answer, afterMs }
    case status.RESOURCE_EXHAUSTED:
      if (/message.*larger than|larger than.*max|too large/i.test(details))
        return { status: 'too-large', reason: answer }
      // Only with a RetryInfo does the server expect to recover.
      if (afterMs !== undefined) return { status: 'retry', reason: answer, afterMs }
      return { status: 'rejected', reason: answer }
    case status.UNIMPLEMENTED:
      return unknown(settings, answer, `this backend takes no ${settings.signal} over gRPC`)
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return { status: 'rejected', reason: `${answer}; ${credentialsHint(settings)}` }
    default:
      return { status: 'rejected', reason: answer }
  }
}

/** The package puts an error of the connection in words of its own. */
function describe(code: string, details: string): string {
  const cause = /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note:/s.exec(details)?.[1]
  if (cause === undefined) return `answered ${code}: ${oneLine(details)}`
  if (cause === 'null') return 'cannot be reached: no connection came about in time'
  if (/wrong version number/.test(cause)) return 'cannot be reached: it has no TLS; write http:// in the endpoint'
  if (cause.startsWith('Protocol error')) {
    return 'cannot be reached: it does not speak gRPC; is it a port for HTTP (OTEL_EXPORTER_OTLP_PROTOCOL)?'
  }
  return `cannot be reached: ${oneLine(cause)}`
}
