import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for Jaeger or a Collector: takes OTLP over HTTP and says what came. Endpoint and a way to stop it. */
export async function startReceiver(): Promise<{ endpoint: string; stop: () => void }> {
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () => {
      console.log(`receiver: ${request.method} ${request.url}, ${bytes} bytes of ${request.headers['content-type']}`)
      response.writeHead(200, { 'content-type': request.headers['content-type'] }).end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
