/** A process that takes traces over OTLP/HTTP and counts them: `GET /count` gives how many spans came, and how many different ones. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const seen = new Set<string>()
let count = 0

const server = createServer((request, response) => {
  if (request.url === '/count') return answer(response, JSON.stringify({ count, different: seen.size }))
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.url === '/v1/traces') take(Buffer.concat(chunks))
    answer(response, '')
  })
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))

function answer(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/x-protobuf')
  response.end(body)
}

/** Field numbers of opentelemetry/proto/trace/v1/trace.proto; all that is asked for is the span's id. */
function take(bytes: Buffer): void {
  for (const resourceSpans of fields(bytes, 1)) {
    for (const scopeSpans of fields(resourceSpans, 2)) {
      for (const span of fields(scopeSpans, 2)) {
        count += 1
        for (const id of fields(span, 2)) seen.add(id.toString('latin1'))
      }
    }
  }
}

/** The fields of a message that have this number and a length. */
function* fields(bytes: Buffer, number: number): Generator<Buffer> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const type = tag & 7
    if (type === 0) varint()
    else if (type === 1) at += 8
    else if (type === 5) at += 4
    else {
      const length = varint()
      if (tag >> 3 === number) yield bytes.subarray(at, at + length)
      at += length
    }
  }
}
