import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../src/retry-after.ts'
import { TransportError } from '../../src/delivery/transport-error.ts'
import { HttpTransport, type HttpRequest, type TlsOptions } from '../../src/delivery/transport.ts'
import { makeCertificates } from '../receiver/certificates.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) delete process.env[name]
})

async function open(tls?: TlsOptions): Promise<HttpTransport> {
  const transport = await HttpTransport.open(tls)
  closers.push(() => transport.close())
  return transport
}

async function serve(listener: RequestListener): Promise<URL> {
  const server: Server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path`)
}

function request(url: URL | string, options: Partial<HttpRequest> = {}): HttpRequest {
  return { url: new URL(url), headers: { 'x-test': '1' }, body: Buffer.from('hello'), timeoutMs: 5_000, ...options }
}

async function failure(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TransportError)
  return error as TransportError
}

describe('the transport', () => {
  it('posts bytes and gives status, headers and body', async () => {
    const url = await serve(async (incoming, response) => {
      const chunks = await incoming.toArray()
      response.writeHead(202, { 'x-answer': ['a', 'b'], 'retry-after': '7' })
      response.end(`${incoming.method} ${String(incoming.headers['x-test'])} ${Buffer.concat(chunks).toString()}`)
    })
    const { status, headers, body, retryAfterMs: wait } = await (await open()).post(request(url))
    expect([status, headers['x-answer'], body.toString(), wait]).toEqual([202, 'a, b', 'POST 1 hello', 7000])
  })

  it('compresses, keeps the connection, and follows no redirect', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answers = [{ status: 302, headers: { location: '/elsewhere' } }]
    const transport = await open()
    const body = Buffer.from(JSON.stringify({ resourceSpans: [], text: 'x'.repeat(5000) }))
    const headers = { 'content-type': 'application/json' }
    const answers = [1, 2, 3].map(() => request(`${receiver.url}/v1/traces`, { gzip: true, headers, body }))
    const statuses: number[] = []
    for (const each of answers) statuses.push((await transport.post(each)).status)
    expect(statuses).toEqual([302, 200, 200])
    expect(receiver.connections).toBe(1)
    expect(receiver.taken[0]!.bytes).toBeLessThan(200)
  })

  it('keeps 4 MiB of an answer', async () => {
    const url = await serve((_, response) => response.end(Buffer.alloc(9 * 2 ** 20)))
    expect((await (await open()).post(request(url))).body.length).toBe(4 * 2 ** 20)
  })

  it('reads an answer that was compressed unasked, and no bomb', async () => {
    let body = gzipSync('fine')
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body))
    const transport = await open()
    expect((await transport.post(request(url))).body.toString()).toBe('fine')
    body = gzipSync(Buffer.alloc(50 * 2 ** 20))
    expect((await transport.post(request(url))).body.length).toBeLessThan(2 ** 20)
  })

  it('names host, port and cause when there is no answer', async () => {
    const transport = await open()
    const closed = await serve(() => {})
    await closers.pop()!()
    const refused = await failure(transport.post(request(closed)))
    expect(refused.message).toBe(`127.0.0.1:${closed.port} cannot be reached: connection refused (ECONNREFUSED)`)

    const unknown = await failure(transport.post(request('http://no-such-host.invalid/x?key=secret')))
    expect(unknown.message).toMatch(/^no-such-host\.invalid:80 cannot be reached: its name cannot be resolved/)

    const silent = await serve(() => {})
    const late = await failure(transport.post(request(silent, { timeoutMs: 50 })))
    expect(late.message).toBe(`127.0.0.1:${silent.port} gave no answer within 0.05 s`)

    const slow = await serve((_, response) => void response.writeHead(200).write('begin'))
    const cut = await failure(transport.post(request(slow, { timeoutMs: 50 })))
    expect(cut.message).toBe(`127.0.0.1:${slow.port} gave no answer within 0.05 s`)

    const rude = await serve((incoming) => incoming.socket.resetAndDestroy())
    const reset = await failure(transport.post(request(rude)))
    expect(reset.message).toMatch(/^127\.0\.0\.1:\d+ cannot be reached: the connection was (reset|closed)/)

    const aborted = await failure(transport.post(request(silent, { signal: AbortSignal.timeout(20) })))
    expect(aborted.message).toBe(`127.0.0.1:${silent.port}: the request was given up`)
  })

  it('says so when the port speaks something else', async () => {
    const server = await import('node:net').then(({ createServer: tcp }) =>
      tcp((socket) => socket.end('SSH-2.0-x\r\n')),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(async () => server.close())
    const { port } = server.address() as AddressInfo
    const error = await failure((await open()).post(request(`http://127.0.0.1:${port}/`)))
    expect(error.message).toBe(`127.0.0.1:${port} does not speak HTTP/1.1: is it a gRPC port, or one for HTTPS?`)
  })
})

describe('the transport over TLS', () => {
  const { paths, server } = makeCertificates()
  const { cert, key, ca } = server

  it('trusts the authority it is given, and no other', async () => {
    await using receiver = await HttpReceiver.start({ tls: { cert, key } })
    const json = { headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }
    const url = `${receiver.url}/v1/traces`
    expect((await (await open({ ca })).post(request(url, json))).status).toBe(200)
    const error = await failure((await open()).post(request(url, json)))
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ cannot be reached: TLS with it failed: .*certificate.*\([A-Z_]+\)$/,
    )
  })

  it('shows a client certificate, also through a proxy', async () => {
    const { readFileSync } = await import('node:fs')
    const client = { ca, cert: readFileSync(paths.client), key: readFileSync(paths.clientKey) }
    await using receiver = await HttpReceiver.start({ tls: server })
    const json = { headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') }
    const url = `${receiver.url}/v1/traces`
    expect((await (await open(client)).post(request(url, json))).status).toBe(200)
    await failure((await open({ ca })).post(request(url, json)))

    const proxy = await startProxy()
    process.env['HTTPS_PROXY'] = proxy.url
    expect((await (await open(client)).post(request(url, json))).status).toBe(200)
    expect(proxy.seen).toEqual([`CONNECT ${new URL(receiver.url).host}`])
  })

  it('says so when the port has no TLS', async () => {
    await using receiver = await HttpReceiver.start()
    const error = await failure((await open()).post(request(receiver.url.replace('http:', 'https:'))))
    expect(error.message).toMatch(/cannot be reached: it has no TLS; write http:/)
  })
})

describe('the transport with a proxy', () => {
  it('sends plain HTTP to it as it is, unless NO_PROXY names the host', async () => {
    const url = await serve((_, response) => response.end('direct'))
    const proxy = await startProxy()
    process.env['HTTP_PROXY'] = proxy.url.replace('//', '//user:pass@')
    expect((await (await open()).post(request(url))).body.toString()).toBe('direct')
    expect(proxy.seen).toEqual([`POST ${url.href}`])
    expect(proxy.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`)
    process.env['NO_PROXY'] = '127.0.0.1'
    expect((await (await open()).post(request(url))).body.toString()).toBe('direct')
    expect(proxy.seen).toHaveLength(1)
  })

  it('tells who refused when the proxy is down', async () => {
    const url = await serve((_, response) => response.end('direct'))
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9'
    const error = await failure((await open()).post(request(url)))
    expect(error.message).toBe(
      `127.0.0.1:${url.port} cannot be reached: connection refused by 127.0.0.1:9 (ECONNREFUSED)`,
    )
  })

  it('cannot be opened when the variable has no URL', async () => {
    process.env['HTTP_PROXY'] = '::nonsense'
    await expect(open()).rejects.toThrow(/^HTTP_PROXY or HTTPS_PROXY is no usable URL/)
  })
})

async function startProxy(): Promise<{ url: string; seen: string[]; authorization?: string | undefined }> {
  const state = { url: '', seen: [] as string[], authorization: undefined as string | undefined }
  const server = createServer(async (incoming, response) => {
    state.seen.push(`${incoming.method} ${incoming.url}`)
    state.authorization = incoming.headers['proxy-authorization']
    const answer = await fetch(incoming.url!, { method: 'POST', body: Buffer.concat(await incoming.toArray()) })
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
  })
  server.on('connect', (incoming, socket) => {
    state.seen.push(`CONNECT ${incoming.url}`)
    const [host, port] = incoming.url!.split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [socket, upstream]) end.on('error', () => upstream.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T10:00:00Z')
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected)
  })
})
