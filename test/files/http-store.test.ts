import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { createHttpStore } from '../../src/files/http-store.ts'
import type { LogFile } from '../../src/files/log-file.ts'
import { WebServer } from './web-server.ts'

const store = createHttpStore({ tries: 3, waitMs: 1, timeoutMs: 10_000 })
/** Larger than what is read at once. */
const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) >> 3))

async function whole(file: LogFile): Promise<Buffer> {
  try {
    return await file.read(0, file.size)
  } finally {
    await file.close()
  }
}

/** The message of the error with which something fails. */
async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error as Error).message,
  )
}

describe('a log on a web server', () => {
  it('is read in parts, and small parts near each other in one request', async () => {
    await using server = await WebServer.start()
    const file = await store.open(server.serve('/a.eval', content))
    expect(file.size).toBe(content.length)
    const parts = [
      [999_000, 1000],
      [0, 4096],
      [900_000, 50_000],
      [300_000, 10_000],
      [310_000, 10_000],
      [320_000, 40_000],
      [360_000, 70_000],
    ] as const
    for (const [position, length] of parts) {
      expect(await file.read(position, length)).toEqual(content.subarray(position, position + length))
    }
    await file.close()
    expect(server.seen.map(({ range }) => range)).toEqual([
      'bytes=0-65535',
      'bytes=737856-999999',
      'bytes=262144-327679',
      'bytes=327680-458751',
    ])
  })

  it('is asked for once by reads at the same time', async () => {
    await using server = await WebServer.start()
    const file = await store.open(server.serve('/a.eval', content))
    const parts = await Promise.all([100_000, 110_000, 120_000].map((position) => file.read(position, 10_000)))
    expect(Buffer.concat(parts)).toEqual(content.subarray(100_000, 130_000))
    await file.close()
    expect(server.seen).toHaveLength(2)
  })

  it('is one request when it is small', async () => {
    await using server = await WebServer.start()
    const file = await store.open(server.serve('/small.eval', 'a few bytes'))
    expect((await whole(file)).toString()).toBe('a few bytes')
    expect(server.seen).toHaveLength(1)
  })

  it('ends where it ended when it was opened', async () => {
    await using server = await WebServer.start()
    const file = await store.open(server.serve('/a.eval', 'a few bytes'))
    expect(await failure(file.read(6, 10))).toBe('the file ends at byte 11, in the middle of this')
  })

  it.each([
    ['gives no parts', { ranges: false }],
    ['gives neither parts nor sizes', { ranges: false, lengths: false, etags: false }],
  ])('is read whole once where the server %s, and leaves nothing behind', async (_, manners) => {
    await using server = await WebServer.start(manners)
    const folder = mkdtempSync(join(tmpdir(), 'evalspan-temporary-'))
    vi.stubEnv('TMPDIR', folder)
    const file = await store.open(server.serve('/a.eval', content))
    expect(await file.read(500_000, 100)).toEqual(content.subarray(500_000, 500_100))
    expect(await whole(file)).toEqual(content)
    expect(server.seen).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  it('is unpacked where the server packs it unasked', async () => {
    await using server = await WebServer.start({ headers: { 'content-encoding': 'gzip' } })
    const file = await store.open(server.serve('/a.eval', gzipSync(content)))
    expect(await whole(file)).toEqual(content)
  })

  it('is the same with servers that tell no version', async () => {
    await using server = await WebServer.start({ etags: false, lengths: false })
    expect(await whole(await store.open(server.serve('/a.eval', content)))).toEqual(content)
  })
})

describe('a log that is replaced while it is read', () => {
  it.each([
    ['that holds on to its version', { etags: true }, content.map((byte) => byte ^ 1)],
    ['that tells no version, by its size', { etags: false }, content.subarray(1)],
  ])('is noticed on a server %s', async (_, manners, other) => {
    await using server = await WebServer.start(manners)
    const file = await store.open(server.serve('/a.eval', content))
    server.serve('/a.eval', Buffer.from(other))
    expect(await failure(file.read(500_000, 100))).toBe('was replaced or removed while it was read; read it again')
    await file.close()
  })
})

describe('a server that fails', () => {
  it.each([
    [404, 'there is no such file; check the path (HOST answered 404)'],
    [401, 'access needs a user and a password (HOST answered 401)'],
    [403, 'access is forbidden (HOST answered 403); check the credentials, or whether a signed URL has expired'],
    [400, 'HOST answered 400'],
  ])('is asked once when it answers %i', async (status, message) => {
    await using server = await WebServer.start()
    server.interrupt = (_, response) => Boolean(response.writeHead(status).end())
    const url = server.serve('/a.eval?X-Signature=hidden', content)
    expect(await failure(store.open(url))).toBe(message.replace('HOST', server.host))
    expect(server.seen).toHaveLength(1)
  })

  it.each([429, 500, 503])('is asked again when it answers %i', async (status) => {
    await using server = await WebServer.start()
    server.interrupt = (_, response) => server.seen.length % 3 !== 0 && Boolean(response.writeHead(status).end())
    expect(await whole(await store.open(server.serve('/a.eval', content)))).toEqual(content)
    expect(server.seen).toHaveLength(6)
  })

  it('is given up after some tries', async () => {
    await using server = await WebServer.start()
    server.interrupt = (_, response) => Boolean(response.writeHead(502).end())
    const url = server.serve('/a.eval', content)
    expect(await failure(store.open(url))).toBe(`${server.host} answered 502; try later`)
    expect(server.seen).toHaveLength(3)
  })

  it('is asked for the rest where a connection breaks off', async () => {
    await using server = await WebServer.start()
    const file = await store.open(server.serve('/a.eval', content))
    server.interrupt = (_, response) => {
      const [, from = ''] = /^bytes=(\d+)-/.exec(server.seen.at(-1)!.range!) ?? []
      const part = content.subarray(Number(from), Number(from) + 300_000)
      response.writeHead(206, {
        etag: server.etag('/a.eval'),
        'content-range': `bytes ${from}-999999/1000000`,
        'content-length': 1_000_000 - Number(from),
      })
      response.write(part, () => setTimeout(() => response.destroy(), 5))
      return true
    }
    expect(await file.read(0, content.length)).toEqual(content)
    await file.close()
    expect(server.seen.length).toBeGreaterThan(3)
  })

  it('is not waited for without end', async () => {
    await using server = await WebServer.start()
    server.interrupt = () => true
    const url = server.serve('/a.eval', content)
    const impatient = createHttpStore({ tries: 2, waitMs: 1, timeoutMs: 100 })
    expect(await failure(impatient.open(url))).toBe(
      `${server.host} cannot be read from: it gave no answer in time (UND_ERR_HEADERS_TIMEOUT)`,
    )
  })

  it('is named when nobody is there', async () => {
    const server = await WebServer.start()
    const { host } = server
    await server[Symbol.asyncDispose]()
    expect(await failure(store.open(`http://${host}/a.eval`))).toBe(
      `${host} cannot be read from: the connection was refused (ECONNREFUSED)`,
    )
    expect(await failure(store.open('http://nowhere.invalid/a.eval'))).toMatch(
      /^nowhere\.invalid cannot be read from: its name cannot be resolved/,
    )
  })

  it('has an empty log', async () => {
    const message = 'is empty; nothing was written to it yet, or copying it failed'
    for (const manners of [{}, { ranges: false }]) {
      await using server = await WebServer.start(manners)
      expect(await failure(store.open(server.serve('/a.eval', '')))).toBe(message)
    }
  })
})

describe('credentials and redirects', () => {
  it('takes a user and a password from the URL', async () => {
    await using server = await WebServer.start()
    const url = server.serve('/a.eval', content).replace('http://', 'http://me:p%40ss@')
    expect(await whole(await store.open(url))).toEqual(content)
    expect(new Set(server.seen.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]),
    )
  })

  it('follows redirects, and takes no password to another server', async () => {
    await using target = await WebServer.start()
    await using server = await WebServer.start()
    const url = target.serve('/a.eval', content)
    server.interrupt = (_, response) => Boolean(response.writeHead(302, { location: `${url}?signature=1` }).end())
    const file = await store.open(server.serve('/b.eval', '').replace('http://', 'http://me:secret@'))
    expect(await whole(file)).toEqual(content)
    expect(server.seen).toHaveLength(1)
    expect(target.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })

  it('asks again where a redirect leads to when that has expired', async () => {
    await using target = await WebServer.start()
    await using server = await WebServer.start()
    const url = target.serve('/a.eval', content)
    let good = 1
    target.interrupt = (request, response) =>
      request.url === `/a.eval?${good}` ? false : Boolean(response.writeHead(403).end())
    server.interrupt = (_, response) => Boolean(response.writeHead(302, { location: `${url}?${good}` }).end())
    const file = await store.open(server.serve('/b.eval', ''))
    good = 2
    expect(await whole(file)).toEqual(content)
    expect(server.seen).toHaveLength(2)
  })

  it('does not follow redirects without end, nor out of the web', async () => {
    await using server = await WebServer.start()
    const url = server.serve('/a.eval', content)
    server.interrupt = (_, response) => Boolean(response.writeHead(301, { location: '/a.eval' }).end())
    expect(await failure(store.open(url))).toBe(`${server.host} redirects again and again; check the URL`)
    server.interrupt = (_, response) => Boolean(response.writeHead(301, { location: 'file:///etc/passwd' }).end())
    expect(await failure(store.open(url))).toBe(`${server.host} redirects to what is no http(s) URL; check the URL`)
  })
})

describe('what is known of a log without reading it', () => {
  it('is its size, its time and its version', async () => {
    await using server = await WebServer.start({ headers: { 'last-modified': 'Sat, 21 Nov 2026 09:11:19 GMT' } })
    const url = server.serve('/a.eval', content)
    const first = await store.stat(url)
    expect(first).toEqual({
      kind: 'file',
      size: 1_000_000,
      version: `${server.etag('/a.eval')}-1000000`,
      modifiedMs: Date.UTC(2026, 10, 21, 9, 11, 19),
    })
    server.serve('/a.eval', 'other')
    expect(await store.stat(url)).not.toEqual(first)
    expect(await store.stat(server.serve('/empty.eval', ''))).toMatchObject({ kind: 'file', size: 0 })
  })

  it('is as much as the server tells', async () => {
    await using server = await WebServer.start({ ranges: false, lengths: false, etags: false })
    expect(await store.stat(server.serve('/a.eval', content))).toEqual({
      kind: 'file',
      size: undefined,
      version: '-undefined',
      modifiedMs: undefined,
    })
  })

  it('is nothing where there is none', async () => {
    await using server = await WebServer.start()
    expect(await store.stat(`http://${server.host}/nowhere`)).toBeUndefined()
  })
})

it('lists nothing', async () => {
  expect(await failure(Array.fromAsync(store.list('http://127.0.0.1/logs')))).toBe(
    'a web server does not tell which logs it has; name each one',
  )
})
