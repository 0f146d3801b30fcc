import { createHash, timingSafeEqual } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { EvalspanError, messageOf } from '../../errors.ts'
import { readBody } from './read-body.ts'
import { Rate } from './rate.ts'
import { readBatch, type LiveBatch } from './live-stream.ts'
import type { Intake } from './intake.ts'
import { removeStaleSocket } from './stale-socket.ts'

export type ListenAt =
  | { readonly socket: string }
  | {
      readonly host: string
      readonly port: number
      /** What a client has to bring. */
      readonly token: string
      readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined
    }

export interface ListenerOptions {
  readonly at: ListenAt
  /** Without it there is only to see what runs. */
  readonly intake?: Intake | undefined
  /** What runs now, as JSON. */
  readonly status: () => unknown
}

const mostConnections = 512

/**
 * Takes what forwarders send, over HTTP on a Unix socket that only its user may open, or on a TCP port for those that have
 * the token: `POST /v1/hooks`; `GET /v1/status` says what runs, and `GET /healthz` that it listens.
 */
export class Listener {
  readonly #server: Server
  readonly #at: ListenAt
  readonly #intake: Intake | undefined
  readonly #status: () => unknown
  readonly #token: Buffer | undefined
  /** By connection: the process that sends over it. */
  readonly #senders = new WeakMap<Socket, string>()
  readonly #rates = new WeakMap<Socket, Rate>()

  private constructor({ at, intake, status }: ListenerOptions) {
    this.#at = at
    this.#intake = intake
    this.#status = status
    this.#token = 'token' in at ? digest(at.token) : undefined
    const handle: RequestListener = (request, response) => void this.#handle(request, response)
    // A machine that vanishes closes no connection.
    const alive = { keepAlive: true, keepAliveInitialDelay: 60_000 }
    const server =
      'tls' in at && at.tls ? createTlsServer({ ...alive, ...at.tls }, handle) : createServer(alive, handle)
    server.maxConnections = mostConnections
    // A process may have nothing to tell for hours.
    server.keepAliveTimeout = 0
    server.headersTimeout = 10_000
    server.requestTimeout = 60_000
    this.#server = server
  }

  /** Rejects with an `EvalspanError` when there is somebody else, or it may not be opened. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options)
    await listener.#listen()
    return listener
  }

  /** What a forwarder is to be told. */
  get address(): string {
    if ('socket' in this.#at) return this.#at.socket
    const { port } = this.#server.address() as AddressInfo
    const host = this.#at.host.includes(':') ? `[${this.#at.host}]` : this.#at.host
    return `${this.#at.tls ? 'https' : 'http'}://${host}:${port}`
  }

  /** Takes nothing any more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    const timer = setTimeout(() => this.#server.closeAllConnections(), 1_000)
    await closed
    clearTimeout(timer)
  }

  async #listen(): Promise<void> {
    const at = this.#at
    const where = 'socket' in at ? at.socket : `${at.host}:${at.port}`
    // From its first moment on it is its user's alone.
    const mask = 'socket' in at ? process.umask(0o177) : undefined
    try {
      await this.#bind().catch(async (error: NodeJS.ErrnoException) => {
        const isStale = error.code === 'EADDRINUSE' && 'socket' in at && (await removeStaleSocket(at.socket))
        if (!isStale) throw error
        await this.#bind()
      })
    } catch (error) {
      throw new EvalspanError('BAD_OPTION', `cannot listen at ${where}: ${reasonOf(error)}`, { cause: error })
    } finally {
      if (mask !== undefined) process.umask(mask)
    }
    this.#server.on('error', () => {})
    if ('socket' in at) await chmod(at.socket, 0o600)
  }

  async #bind(): Promise<void> {
    const at = this.#at
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      const onListening = (): void => {
        this.#server.off('error', reject)
        resolve()
      }
      if ('socket' in at) this.#server.listen(at.socket, onListening)
      else this.#server.listen(at.port, at.host, onListening)
    })
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? '').replace(/\?.*$/s, '')
      if (path === '/healthz') return answer(response, 200, { status: 'ok' }, true)
      if (!this.#isAllowed(request)) {
        response.setHeader('WWW-Authenticate', 'Bearer')
        return answer(response, 401, { error: 'a token is needed, or another one: EVALSPAN_TOKEN' }, true)
      }
      if (path === '/v1/status' && request.method === 'GET') return answer(response, 200, this.#status())
      if (path !== '/v1/hooks' || !this.#intake)
        return answer(response, 404, { error: 'there are /v1/hooks, /v1/status, /healthz' }, true)
      if (request.method !== 'POST') return answer(response, 405, { error: 'hooks are told by POST' }, true)
      await this.#take(this.#intake, request, response)
    } catch (error) {
      if (!response.headersSent) answer(response, 500, { error: messageOf(error) }, true)
      else response.destroy()
    }
  }

  async #take(intake: Intake, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    let rate = this.#rates.get(socket)
    if (!rate) this.#rates.set(socket, (rate = new Rate()))
    if (!rate.take()) return retry(response, 429, 'too many requests')
    const body = await readBody(request)
    if (body === 'too large') return answer(response, 413, { error: 'a batch may have 64 MiB' }, true)
    if (body === 'no room') return retry(response, 503, 'too much comes at once')
    let batch: LiveBatch
    try {
      batch = { ...readBatch(body.text), release: () => body.release() }
    } catch (error) {
      body.release()
      return answer(response, 400, { error: messageOf(error) })
    }
    try {
      const result = await intake.take(batch)
      if (!('next' in result)) body.release()
      if ('full' in result) return retry(response, 503, 'what came before is still at work')
      if ('need' in result) return answer(response, 409, result)
      this.#follow(intake, socket, batch.envelope.stream)
      answer(response, 200, result)
    } catch (error) {
      body.release()
      throw error
    }
  }

  /** A process is there as long as its connection is. */
  #follow(intake: Intake, socket: Socket, stream: string): void {
    const known = this.#senders.get(socket)
    if (known === stream || socket.destroyed) return
    if (known !== undefined) intake.disconnected(known)
    else socket.once('close', () => intake.disconnected(this.#senders.get(socket)!))
    this.#senders.set(socket, stream)
    intake.connected(stream)
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    if (!this.#token) return true
    const [, given] = /^Bearer +(.+)$/i.exec(headers.authorization ?? '') ?? []
    return given !== undefined && timingSafeEqual(digest(given), this.#token)
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function answer(response: ServerResponse, status: number, body: unknown, last = false): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    // What is left of the request is not waited for.
    ...(last && { Connection: 'close' }),
  })
  response.end(text)
}

function retry(response: ServerResponse, status: 429 | 503, error: string): void {
  response.setHeader('Retry-After', '1')
  answer(response, status, { error })
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'somebody else listens there'
  if (code === 'EACCES' || code === 'EPERM') return 'it is not allowed'
  if (code === 'EINVAL' || code === 'ENAMETOOLONG') return 'the path of a socket may have about 100 characters'
  return messageOf(error)
}
