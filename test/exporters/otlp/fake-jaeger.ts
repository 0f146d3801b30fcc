import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An address of this machine that nobody else uses, so that well-known ports are free on it. */
export function ownAddress(): string {
  const part = (): number => 1 + Math.floor(Math.random() * 250)
  return `127.${part()}.${part()}.${part()}`
}

/** As much of Jaeger's query service as is asked, with the answers of Jaeger 1.76 and 2, on its port. */
export class FakeJaeger {
  readonly #server: Server
  /** Paths, in order. */
  readonly asked: string[] = []
  readonly traces = new Set<string>()
  hangs = false

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? ''
      this.asked.push(path)
      if (this.hangs) return
      const trace = /^\/api\/traces\/(.*)$/.exec(path)?.[1]
      if (path === '/')
        response.end('<script>const JAEGER_VERSION = {"gitCommit":"c","gitVersion":"v1.76.0"};</script>')
      else if (path === '/api/services') response.end(answer(['evalspan']))
      else if (trace !== undefined && this.traces.has(trace)) response.end(answer([{ traceID: trace, spans: [{}] }]))
      else response.writeHead(404).end(answer(null))
    })
  }

  static async start(address: string, port = 16686): Promise<FakeJaeger> {
    const jaeger = new FakeJaeger()
    jaeger.#server.listen(port, address)
    await once(jaeger.#server, 'listening')
    return jaeger
  }

  /** Without a slash at the end. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address}:${port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function answer(data: unknown[] | null): string {
  return JSON.stringify({ data, total: data?.length ?? 0, limit: 0, offset: 0, errors: null })
}
