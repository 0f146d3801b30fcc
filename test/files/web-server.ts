import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a server gives what it has. */
export interface Manners {
  /** Parts of files, when they are asked for. */
  readonly ranges?: boolean
  /** Says which version it gives, and gives that version only when it is asked to. */
  readonly etags?: boolean
  /** Says how long its answers are. */
  readonly lengths?: boolean
  readonly headers?: { readonly [name: string]: string }
}

export interface SeenRequest {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

/** What is done with a request in place of answering it; true when something was. */
export type Interruption = (request: IncomingMessage, response: ServerResponse) => boolean

/** A loopback web server with files in memory. */
export class WebServer {
  readonly files = new Map<string, Buffer>()
  readonly seen: SeenRequest[] = []
  interrupt: Interruption = () => false
  manners: Manners
  readonly #server: Server

  private constructor(manners: Manners) {
    this.manners = { ranges: true, etags: true, lengths: true, ...manners }
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(manners: Manners = {}): Promise<WebServer> {
    const server = new WebServer(manners)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Serves this content, and gives its URL. */
  serve(path: string, content: Buffer | string): string {
    this.files.set(path, Buffer.from(content))
    return `http://${this.host}${path}`
  }

  etag(path: string): string {
    return `"${createHash('md5').update(this.files.get(path)!).digest('hex')}"`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url!.replace(/\?.*$/, ''))
    this.seen.push({ path, range: request.headers.range, authorization: request.headers.authorization })
    response.on('error', () => {})
    if (this.interrupt(request, response)) return
    const content = this.files.get(path)
    if (content === undefined) return void response.writeHead(404).end('nothing here')
    const { ranges, etags, lengths, headers = {} } = this.manners
    const etag = this.etag(path)
    if (etags && (request.headers['if-match'] ?? etag) !== etag) return void response.writeHead(412).end()
    const [, from = '', to = ''] = (ranges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) || []
    const isPart = from !== ''
    const part = isPart ? content.subarray(Number(from), Number(to) + 1) : content
    if (isPart && part.length === 0) {
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
    }
    const end = Number(from) + part.length - 1
    response.writeHead(isPart ? 206 : 200, {
      ...headers,
      ...(etags && { etag }),
      ...(isPart && { 'content-range': `bytes ${from}-${end}/${content.length}` }),
      ...(lengths && { 'content-length': part.length }),
    })
    response.end(part)
  }
}
