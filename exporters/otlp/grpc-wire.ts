import type * as Grpc from '@grpc/grpc-js'
import { EvalspanError, hostOf, messageOf, oneLine, scope, type Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import { isLasting } from './lasting.ts'
import { readRpcStatus } from './rpc-status.ts'
import type { Settings } from './settings.ts'
import type { Signal } from './signal.ts'
import { addressOf, credentialsHint, taken, unknown, unreached, type Answer, type Mask, type Wire } from './wire.ts'

const services: Record<Signal, string> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
}

/** OTLP/gRPC (specification: "OTLP/gRPC response"). */
export async function openGrpcWire(settings: Settings, codec: Codec<never>, mask: Mask): Promise<Wire> {
  const grpc = await loadGrpc()
  const client = connect(grpc, settings)
  const metadata = toMetadata(grpc, settings.headers)
  const path = `/opentelemetry.proto.collector.${services[settings.signal]}/Export`
  const { timeoutMs } = settings
  return {
    address: addressOf(settings, mask),
    send: (bytes, signal) =>
      new Promise<Answer>((resolve) => {
        let headers: Answer['headers'] = {}
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
            if (error) return resolve(toAnswer({ grpc, settings, mask }, error, headers))
            const outcome = taken(codec, answer ?? Buffer.alloc(0), false, mask)
            resolve({ outcome, status: 'OK', unauthorised: false, headers })
          },
        )
        call.on('metadata', (received) => {
          headers = textOf(received)
        })
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

function textOf(metadata: Grpc.Metadata): Answer['headers'] {
  return Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]))
}

interface Context {
  readonly grpc: typeof Grpc
  readonly settings: Settings
  readonly mask: Mask
}

function toAnswer(context: Context, error: Grpc.ServiceError, headers: Answer['headers']): Answer {
  const { grpc, settings } = context
  const { code, metadata } = error
  const { status } = grpc
  const cause = lastError(error)
  if (cause !== undefined) {
    const reason = unreached(settings, `${hostOf(settings.url)} cannot be reached: ${inPlainWords(cause)}`)
    const outcome: Outcome = { status: isLasting(cause) ? 'blocked' : 'retry', reason }
    return { outcome, status: undefined, unauthorised: false, headers }
  }
  const isSilent = code === status.CANCELLED || code === status.DEADLINE_EXCEEDED || code === status.UNAVAILABLE
  return {
    outcome: toOutcome(context, error),
    // The package uses these codes itself where no answer came.
    status: isSilent ? undefined : (status[code] ?? String(code)),
    unauthorised: code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED,
    headers: { ...headers, ...(metadata && textOf(metadata)) },
  }
}

function toOutcome({ grpc: { status }, settings, mask }: Context, error: Grpc.ServiceError): Outcome {
  const { code, details, metadata } = error
  const text = oneLine(mask(details || messageOf(error)))
  const answer = `${hostOf(settings.url)} answered ${status[code] ?? String(code)}: ${text}`
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
      return { status: 'blocked', reason: `${answer}; ${credentialsHint(settings)}` }
    default:
      // A gRPC server answers 200 whatever it thinks of the items.
      if (/^Received HTTP status code \d/.test(details)) {
        return { status: 'blocked', reason: `${answer}; is it a port for gRPC (OTEL_EXPORTER_OTLP_PROTOCOL)?` }
      }
      return { status: 'rejected', reason: answer }
  }
}

/** Why no connection came about, which the package hides in words of its own. */
function lastError({ details }: Grpc.ServiceError): string | undefined {
  return /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note:/s.exec(details)?.[1]
}

function inPlainWords(cause: string): string {
  if (cause === 'null') return 'no connection came about in time'
  if (/wrong version number/.test(cause)) return 'it has no TLS; write http:// in the endpoint'
  if (cause.startsWith('Protocol error')) {
    return 'it does not speak gRPC; is it a port for HTTP (OTEL_EXPORTER_OTLP_PROTOCOL)?'
  }
  return oneLine(cause)
}
