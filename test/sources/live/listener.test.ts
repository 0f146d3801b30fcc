import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Intake } from '../../../src/sources/live/intake.ts'
import { Listener, type ListenAt } from '../../../src/sources/live/listener.ts'
import { makeCertificates } from '../../receiver/certificates.ts'
import { linesOf, Played } from './play-live.ts'

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers: IncomingMessage['headers']
}

async function open(
  at: ListenAt,
  goneAfterMs?: number,
): Promise<{ listener: Listener; played: Played; intake: Intake }> {
  const played = new Played()
  const intake = new Intake({ ...played.options(), goneAfterMs })
  const listener = await Listener.open({ at, intake, status: () => ({ runs: 0 }) })
  onTestFinished(async () => {
    await listener.close()
    await intake.end()
  })
  return { listener, played, intake }
}

function socketPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'evalspan-listener-')), 'l.sock')
}

async function ask(
  listener: Listener,
  path: string,
  { body, token, ca }: { readonly body?: string; readonly token?: string | undefined; readonly ca?: Buffer } = {},
): Promise<Reply> {
  const { address } = listener
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    agent: false as const,
  }
  const onReply = (message: IncomingMessage): void => {
    let text = ''
    message.setEncoding('utf8').on('data', (part: string) => (text += part))
    message.on('end', () =>
      resolve({ status: message.statusCode!, body: JSON.parse(text) as unknown, headers: message.headers }),
    )
  }
  const request = address.startsWith('https:')
    ? httpsRequest(`${address}${path}`, { ...options, ca }, onReply)
    : address.startsWith('http:')
      ? httpRequest(`${address}${path}`, options, onReply)
      : httpRequest({ socketPath: address, path, ...options }, onReply)
  request.on('error', reject)
  request.end(body)
  return await promise
}

function batch(envelope: object, lines: readonly string[] = []): string {
  return [JSON.stringify({ stream: 'stream01', first: 1, ...envelope }), ...lines].join('\n')
}

const loopback = { host: '127.0.0.1', port: 0, token: 'let me in' } as const

describe('a listener', () => {
  it('takes what comes over a socket that is its user’s alone', async () => {
    const { listener, played, intake } = await open({ socket: socketPath() })
    expect(statSync(listener.address).mode & 0o777).toBe(0o600)
    const lines = await linesOf('basic')
    expect(await ask(listener, '/v1/hooks', { body: batch({ end: true }, lines) })).toMatchObject({
      status: 200,
      body: { next: lines.length + 1 },
    })
    await intake.end()
    expect(played.hooks.length).toBe(lines.length)
    expect(intake.counts).toEqual({ seen: 1, open: 0 })
  })

  it('says that it listens, and what runs', async () => {
    const { listener } = await open({ socket: socketPath() })
    expect(await ask(listener, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await ask(listener, '/v1/status')).toMatchObject({ status: 200, body: { runs: 0 } })
    expect(await ask(listener, '/other')).toMatchObject({ status: 404 })
    expect(await ask(listener, '/v1/hooks')).toMatchObject({ status: 405 })
  })

  it('asks strangers on a port for the token, but for whether it is there', async () => {
    const { listener, played } = await open(loopback)
    expect(listener.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const body = batch({}, await linesOf('basic'))
    for (const token of [undefined, '', 'let me', 'let me in!']) {
      expect(await ask(listener, '/v1/hooks', { body, token })).toMatchObject({ status: 401 })
      expect(await ask(listener, '/v1/status', { token })).toMatchObject({ status: 401 })
    }
    expect(played.hooks).toEqual([])
    expect(await ask(listener, '/healthz')).toMatchObject({ status: 200 })
    expect(await ask(listener, '/v1/hooks', { body, token: 'let me in' })).toMatchObject({ status: 200 })
  })

  it('speaks TLS where it is given a certificate', async () => {
    const { ca, ...tls } = makeCertificates().server
    const { listener } = await open({ ...loopback, tls })
    const body = batch({}, await linesOf('basic'))
    expect(await ask(listener, '/v1/hooks', { body, token: 'let me in', ca })).toMatchObject({ status: 200 })
  })

  it('refuses what is no batch, what is too large, and who asks too often', { timeout: 60_000 }, async () => {
    const { listener } = await open({ socket: socketPath() })
    expect(await ask(listener, '/v1/hooks', { body: 'hello' })).toMatchObject({ status: 400 })
    expect(await ask(listener, '/v1/hooks', { body: batch({ first: 7 }) })).toMatchObject({
      status: 409,
      body: { need: 'open' },
    })
    const socket = connect(listener.address)
    socket.setEncoding('utf8')
    let text = ''
    socket.on('data', (part: string) => (text += part))
    socket.on('error', () => {})
    const post = `POST /v1/hooks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx`
    socket.write(post.repeat(400))
    await expect.poll(() => text, { timeout: 10_000 }).toMatch(/HTTP\/1\.1 429 /)
    expect(text).toMatch(/Retry-After: 1/)
    socket.destroy()
    const large = connect(listener.address)
    let reply = ''
    large.setEncoding('utf8').on('data', (part: string) => (reply += part))
    large.on('error', () => {})
    large.write(`POST /v1/hooks HTTP/1.1\r\nHost: x\r\nContent-Length: ${65 * 2 ** 20}\r\n\r\n`)
    await expect.poll(() => reply).toMatch(/HTTP\/1\.1 413 /)
    large.destroy()
  })

  it('takes a process for gone when its connection is, and completes its run from the log', async () => {
    const { listener, played, intake } = await open({ socket: socketPath() }, 50)
    const lines = await linesOf('basic')
    await ask(listener, '/v1/hooks', { body: batch({}, lines.slice(0, 6)) })
    await expect.poll(() => intake.counts.open).toBe(0)
    await expect.poll(() => played.hooks.at(-1)).toBe('onRunEnd')
    // It was there after all: it begins anew.
    expect(await ask(listener, '/v1/hooks', { body: batch({ first: 7 }, lines.slice(6)) })).toMatchObject({
      status: 409,
    })
  })

  it('takes over the socket of one that was killed, and no other file', async () => {
    const path = socketPath()
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', program])
    expect(statSync(path).isSocket()).toBe(true)
    const { listener } = await open({ socket: path })
    expect(await ask(listener, '/healthz')).toMatchObject({ status: 200 })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const file = socketPath()
    writeFileSync(file, 'notes')
    await expect(open({ socket: file })).rejects.toThrow('somebody else listens there')
    expect(readFileSync(file, 'utf8')).toBe('notes')
  })

  it('says who is in the way', async () => {
    const { listener } = await open(loopback)
    const port = Number(new URL(listener.address).port)
    await expect(open({ ...loopback, port })).rejects.toThrow(
      `cannot listen at 127.0.0.1:${port}: somebody else listens there`,
    )
    const { listener: other } = await open({ socket: socketPath() })
    await expect(open({ socket: other.address })).rejects.toThrow(
      `cannot listen at ${other.address}: somebody else listens there`,
    )
    expect(await ask(other, '/healthz')).toMatchObject({ status: 200 })
    await expect(open({ socket: `/nowhere/${'x'.repeat(200)}` })).rejects.toThrow('the path of a socket')
  })
})
