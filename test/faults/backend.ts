import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { partialSuccess } from '../receiver/http-receiver.ts'
import { decodeRequest, partsOf, type Received, type Signal } from '../receiver/received.ts'
import type { FaultyBackend } from './faulty-backend.ts'
import { Ledger, type TakenRequest } from './ledger.ts'

/** What goes wrong with a request. */
export type Fault =
  /** Reads it, keeps the connection and says nothing. */
  | 'hang'
  /** Ends the connection while the request is on its way. */
  | 'reset'
  /** Takes it, and ends the connection in place of an answer. */
  | 'answer lost'
  /** Takes it, begins its answer and ends the connection before it is whole. */
  | 'answer cut off'
  /** Takes it after a while, if the client is still there then. */
  | { readonly slowMs: number }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** 413 for requests above so many bytes. */
  | { readonly mostBytes: number }
  /** Takes all spans but so many. */
  | { readonly refused: number }

/**
 * An OTLP/HTTP backend on loopback with faults, which keeps account of what it took. It lives in the process of the
 * test, since only children are killed.
 */
export class Backend implements FaultyBackend {
  readonly ledger = new Ledger()
  /** Requests that met the fault. */
  faulty = 0
  /** Told when a request begins, when it was taken (before its answer leaves), and when its answer is out or lost. */
  onRequest: (signal: Signal) => void = () => {}
  onTaken: (request: TakenRequest) => void = () => {}
  onAnswered: (signal: Signal) => void = () => {}
  /** Milliseconds before each answer, faults or none. */
  delayMs = 0
  #fault: Fault | undefined
  #left = Infinity
  #server: Server | undefined
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor() {}

  static async start(): Promise<Backend> {
    const backend = new Backend()
    await backend.listen()
    return backend
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** Every request meets the fault, or so many from now on. */
  break(fault: Fault, requests = Infinity): void {
    this.#fault = fault
    this.#left = requests
  }

  heal(): void {
    this.#fault = undefined
  }

  /** On the port that it had before, if any. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response).catch(() => {}))
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** From now on connections are refused. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(server, 'close')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Behind a proxy the whole URL stands here.
    const signal = new URL(request.url ?? '/', this.url).pathname.split('/').at(-1) as Signal
    this.onRequest(signal)
    response.once('close', () => this.onAnswered(signal))
    const fault = this.#next()
    if (fault === 'reset') {
      await once(request, 'data')
      return void request.socket.resetAndDestroy()
    }
    const bytes = Buffer.concat(await request.toArray())
    if (this.delayMs > 0) await sleep(this.delayMs)
    if (fault === 'hang') return
    if (typeof fault === 'object' && 'slowMs' in fault) {
      await sleep(fault.slowMs)
      if (response.closed) return
    }
    const received = {
      signal,
      path: request.url!,
      headers: {},
      bytes: bytes.length,
      content: decodeRequest(signal, bytes, false),
    }
    this.#answer(received, fault, response)
  }

  #answer(received: Received, fault: Fault | undefined, response: ServerResponse): void {
    const type = { 'content-type': 'application/x-protobuf' }
    if (typeof fault === 'object' && 'status' in fault) {
      return void response.writeHead(fault.status, fault.headers).end(fault.body)
    }
    if (this.#isTooLarge(received)) return void response.writeHead(413).end('too large')
    const refused = this.#refusedOf(received)
    const taken = this.ledger.take(received, refused)
    taken.lost = fault === 'answer lost' || fault === 'answer cut off'
    this.onTaken(taken)
    if (fault === 'answer lost') return void response.socket?.resetAndDestroy()
    if (fault === 'answer cut off') {
      response.writeHead(200, { ...type, 'content-length': 100 })
      return void response.write('abc', () => response.socket?.resetAndDestroy())
    }
    const body = refused > 0 ? partialSuccess({ rejected: refused, message: 'no more' }, received.signal, false) : ''
    response.writeHead(200, type).end(body)
  }

  #next(): Fault | undefined {
    const fault = this.#fault
    return fault === undefined || dependsOnContent(fault) || !this.#meet() ? undefined : fault
  }

  #isTooLarge({ bytes }: Received): boolean {
    const fault = this.#fault
    return typeof fault === 'object' && 'mostBytes' in fault && bytes > fault.mostBytes && this.#meet()
  }

  /** How many of its spans are refused: none when it has no more than that. */
  #refusedOf(received: Received): number {
    const fault = this.#fault
    if (typeof fault !== 'object' || !('refused' in fault) || received.signal !== 'traces') return 0
    return partsOf(received).length > fault.refused && this.#meet() ? fault.refused : 0
  }

  #meet(): boolean {
    if (this.#left <= 0) return false
    this.#left -= 1
    this.faulty += 1
    return true
  }
}

function dependsOnContent(fault: Fault): boolean {
  return typeof fault === 'object' && ('refused' in fault || 'mostBytes' in fault)
}
