import * as grpc from '@grpc/grpc-js'
import { decodeRequest, partsOf, type Received, type Signal } from './received.ts'
import { partialSuccess } from './http-receiver.ts'

export type GrpcAnswer =
  | 'ok'
  | 'hang'
  | { readonly code: grpc.status; readonly details?: string; readonly statusDetails?: Buffer }
  | { readonly rejected: number; readonly message: string }

const paths: Record<Signal, string> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
}

export interface GrpcReceiverOptions {
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer } | undefined
  /** Services that it has; all of them when left out. */
  readonly signals?: readonly Signal[] | undefined
  readonly mostBytes?: number | undefined
}

/** A loopback OTLP/gRPC server that keeps what it took, and fails as told. */
export class GrpcReceiver {
  readonly taken: Received[] = []
  answers: GrpcAnswer[] = []
  answer: GrpcAnswer | ((request: Received) => GrpcAnswer) = 'ok'
  requests = 0
  readonly #server: grpc.Server
  readonly #secure: boolean
  #port = 0

  private constructor(options: GrpcReceiverOptions) {
    this.#secure = options.tls !== undefined
    this.#server = new grpc.Server({ 'grpc.max_receive_message_length': options.mostBytes ?? 4 * 2 ** 20 })
    for (const signal of options.signals ?? (['traces', 'metrics', 'logs'] as const)) this.#serve(signal)
  }

  static async start(options: GrpcReceiverOptions = {}): Promise<GrpcReceiver> {
    const receiver = new GrpcReceiver(options)
    const { tls } = options
    const credentials = tls
      ? grpc.ServerCredentials.createSsl(
          tls.ca ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.ca !== undefined,
        )
      : grpc.ServerCredentials.createInsecure()
    receiver.#port = await new Promise<number>((resolve, reject) => {
      receiver.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)))
    })
    return receiver
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.#port}`
  }

  parts(signal: Signal): Record<string, unknown>[] {
    return this.taken.filter((request) => request.signal === signal).flatMap(partsOf)
  }

  async close(): Promise<void> {
    this.#server.forceShutdown()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #serve(signal: Signal): void {
    const path = `/opentelemetry.proto.collector.${paths[signal]}/Export`
    const common = { requestStream: false, responseStream: false }
    const codecs = {
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    }
    const Export: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => this.#answer(signal, path, call, callback)
    this.#server.addService({ Export: { path, ...common, ...codecs } }, { Export })
  }

  #answer(
    signal: Signal,
    path: string,
    call: grpc.ServerUnaryCall<Buffer, Buffer>,
    callback: grpc.sendUnaryData<Buffer>,
  ): void {
    this.requests += 1
    const received: Received = {
      signal,
      path,
      headers: Object.fromEntries(Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)])),
      bytes: call.request.length,
      raw: call.request,
      content: decodeRequest(signal, call.request, false),
    }
    const next = this.answers.shift() ?? this.answer
    const answer = typeof next === 'function' ? next(received) : next
    if (answer === 'hang') return
    if (answer !== 'ok' && 'code' in answer) {
      const metadata = new grpc.Metadata()
      if (answer.statusDetails) metadata.set('grpc-status-details-bin', answer.statusDetails)
      return callback({ code: answer.code, details: answer.details ?? '', metadata })
    }
    this.taken.push(received)
    callback(null, answer === 'ok' ? Buffer.alloc(0) : Buffer.from(partialSuccess(answer, signal, false)))
  }
}

function identity(bytes: Buffer): Buffer {
  return bytes
}
