import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that the server got. */
export interface OpenAiRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: { readonly [field: string]: unknown }
}

/** What the server does with a request. */
export type OpenAiAnswer =
  | {
      readonly message: { readonly [field: string]: unknown }
      readonly finishReason?: string
      readonly usage?: { readonly [field: string]: unknown }
    }
  | {
      readonly status: number
      readonly error: { readonly [field: string]: unknown }
      readonly headers?: { readonly [name: string]: string }
    }
  | 'hang up'
  | 'never'

/** A server that speaks OpenAI's chat completions, as much of it as clients without streaming see. */
export interface OpenAiServer extends AsyncDisposable {
  /** With `/v1`, as `OPENAI_BASE_URL` has it. */
  readonly url: string
  readonly requests: OpenAiRequest[]
}

/** An answer in words, with the usage of ten tokens in and two out. */
export function say(content: string): OpenAiAnswer {
  return { message: { content }, finishReason: 'stop' }
}

/** An answer that asks for tools; arguments are text, so that they may be broken. */
export function call(
  ...calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
): OpenAiAnswer {
  const toolCalls = calls.map(({ id, name, arguments: written }) => ({
    id,
    type: 'function',
    function: { name, arguments: written },
  }))
  return { message: { content: null, tool_calls: toolCalls }, finishReason: 'tool_calls' }
}

/** As OpenAI answers to a key that it does not know; it shows the key again, as some servers do. */
export function wrongKey(key: string): OpenAiAnswer {
  const message = `Incorrect API key provided: ${key}.`
  return { status: 401, error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } }
}

export function rateLimit(headers: { readonly [name: string]: string } = {}): OpenAiAnswer {
  return {
    status: 429,
    error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
    headers,
  }
}

/** Gives its answers one after the other, the last one again and again; or what a function makes of a request. */
export async function startOpenAiServer(
  answers: readonly OpenAiAnswer[] | ((request: OpenAiRequest) => OpenAiAnswer),
): Promise<OpenAiServer> {
  const requests: OpenAiRequest[] = []
  const server = createServer((incoming, response) => {
    void (async () => {
      const body = JSON.parse(await text(incoming)) as OpenAiRequest['body']
      const request = { path: incoming.url ?? '', headers: incoming.headers, body }
      requests.push(request)
      const answer =
        typeof answers === 'function' ? answers(request) : answers[Math.min(requests.length, answers.length) - 1]!
      if (answer === 'hang up') incoming.socket.destroy()
      else if (answer !== 'never') send(response, answer, requests.length, body)
    })()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

function send(
  response: ServerResponse,
  answer: Exclude<OpenAiAnswer, string>,
  number: number,
  { model }: OpenAiRequest['body'],
): void {
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify({ error: answer.error }))
    return
  }
  const {
    message,
    finishReason: finish_reason = 'stop',
    usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  } = answer
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({
      id: `chatcmpl-${number}`,
      object: 'chat.completion',
      created: 1_764_000_000,
      model: `${String(model)}-2026-01-01`,
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
      usage,
    }),
  )
}
