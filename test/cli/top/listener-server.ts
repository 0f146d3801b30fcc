import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ListenerServer extends AsyncDisposable {
  /** When it listens on TCP. */
  readonly url: string
}

/** A real server that answers like a listener, on a Unix socket or, without a path, on loopback. */
export async function listenerServer(answer: RequestListener, path?: string): Promise<ListenerServer> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers with a snapshot, as JSON. */
export function telling(snapshot: object): RequestListener {
  return (request, response) => {
    const isStatus = request.method === 'GET' && request.url === '/v1/status'
    response.writeHead(isStatus ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(snapshot))
  }
}
