import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for a model behind OpenAI's chat completions, which knows one key and one answer. */
export async function startModelServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const isKnown = request.headers.authorization === 'Bearer key-from-vault'
      const message = { role: 'assistant', content: 'Paris' }
      const body = isKnown
        ? {
            id: '1',
            object: 'chat.completion',
            created: 0,
            model: 'small',
            choices: [{ index: 0, message, finish_reason: 'stop' }],
            usage: { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 },
          }
        : { error: { message: 'no such key', type: 'invalid_request_error' } }
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
