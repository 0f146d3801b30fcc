import { once } from 'node:events'
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRequest, partsOf, type Received, type Signal } from './received.ts'
import { encode } from './protobuf.ts'

/** What the receiver does with a request. */
export type HttpAnswer =
  | 'ok'
  /** Keeps the connection and says nothing. */
  | 'hang'
  /** Ends the connection. */
  | 'reset'
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Uint8Array
      readonly afterMs?: number
    }
  /** Takes all but some. */
  | { readonly rejected: number; readonly message: string }

export interface HttpReceiverOptions {
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly ca?: Buffer } | undefined
  readonly port?: number | undefined
}

/** A loopback OTLP/HTTP server that keeps what it took, and fails as told. */
export class HttpReceiver {
  /** Taken requests; refused ones are in `refused`. */
  readonly taken: Received[] = []
  readonly refused: Received[] = []
  /** What to answer, by request; an answer a request while there are any. */
  answers: HttpAnswer[] = []
  /** What to answer when `answers` is used up. */
  answer: HttpAnswer | ((request: Received) => HttpAnswer) = 'ok'
  /** Requests that have come in whole, whatever became of them. */
  requests = 0
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #secure: boolean

  private constructor(options: HttpReceiverOptions) {
    const { tls } = options
    this.#secure = tls !== undefined
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response)
    const client = { requestCert: tls?.ca !== undefined, rejectUnauthorized: tls?.ca !== undefined }
    this.#server = tls ? createHttps({ ...tls, ...client }, handle) : createHttp(handle)
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(options: HttpReceiverOptions = {}): Promise<HttpReceiver> {
    const receiver = new HttpReceiver(options)
    receiver.#server.listen(options.port ?? 0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  parts(signal: Signal): Record<string, unknown>[] {
    return this.taken.filter((request) => request.signal === signal).flatMap(partsOf)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { headers, url = '/' } = request
    const packed = Buffer.concat(chunks)
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed
    const json = headers['content-type'] === 'application/json'
    const signal = (url.split('?')[0]!.split('/').at(-1) ?? '') as Signal
    const known = signal === 'traces' || signal === 'metrics' || signal === 'logs' ? signal : 'traces'
    const received: Received = {
      signal: known,
      path: url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      bytes: packed.length,
      raw: packed,
      content: decodeRequest(known, bytes, json),
    }
    this.requests += 1
    const next = this.answers.shift() ?? this.answer
    await this.#respond(typeof next === 'function' ? next(received) : next, received, response, json)
  }

  async #respond(answer: HttpAnswer, received: Received, response: ServerResponse, json: boolean): Promise<void> {
    const type = json ? 'application/json' : 'application/x-protobuf'
    const full = answer === 'ok' ? {} : answer
    if (full === 'hang') return
    if (full === 'reset') return void response.socket?.resetAndDestroy()
    if ('rejected' in full) {
      this.taken.push(received)
      const body = partialSuccess(full, received.signal, json)
      return void response.writeHead(200, { 'content-type': type }).end(body)
    }
    const { status = 200, headers = {}, body = json && status === 200 ? '{}' : '', afterMs = 0 } = full
    if (afterMs > 0) await sleep(afterMs)
    ;(status >= 200 && status < 300 ? this.taken : this.refused).push(received)
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
  }
}

/** The body of an answer with a partial success. */
export function partialSuccess(
  { rejected, message }: { readonly rejected: number; readonly message: string },
  signal: Signal,
  json: boolean,
): Uint8Array {
  const names = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' }
  const partial = { [names[signal]]: String(rejected), errorMessage: message }
  if (json) return Buffer.from(JSON.stringify({ partialSuccess: partial }))
  return encode([1, encode([1, rejected], [2, message])])
}
