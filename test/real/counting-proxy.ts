import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before a server, changes nothing, and counts. */
export class CountingProxy {
  requests = 0
  /** Of the bodies of answers. */
  bytes = 0
  /** The server it stands before. */
  targetPort = 0
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => this.#pass(request, response))
  }

  static async start(): Promise<CountingProxy> {
    const proxy = new CountingProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  reset(): void {
    this.requests = 0
    this.bytes = 0
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.requests += 1
    const { method, headers } = incoming
    // To a proxy whole URLs are sent.
    const path = incoming.url!.replace(/^http:\/\/[^/]*/, '')
    const asked = send(
      { host: '127.0.0.1', port: this.targetPort, method, headers, path, setHost: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers)
        answer.on('data', (chunk: Buffer) => (this.bytes += chunk.length))
        answer.on('error', () => outgoing.destroy())
        answer.pipe(outgoing)
      },
    )
    asked.on('error', () => outgoing.destroy())
    outgoing.on('close', () => asked.destroy())
    incoming.pipe(asked)
  }
}
