import { statSync, unlinkSync } from 'node:fs'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { messageOf } from '../../errors.ts'
import { isObject } from '../../hooks/is-object.ts'
import { snapshotVersion, type BoardSnapshot } from './snapshot.ts'

/** Where a listener can be asked. */
export type Address = { readonly socket: string } | { readonly url: string; readonly token: string | undefined }

/** What became of the question: `gone` is nobody there, a `problem` is for people. */
export type Answer =
  | { readonly kind: 'snapshot'; readonly snapshot: BoardSnapshot }
  | { readonly kind: 'gone' }
  | { readonly kind: 'problem'; readonly problem: string }

/** A hundred samples, and hundreds of tasks with long names, are far less. */
const mostBytes = 16 * 2 ** 20
/** A listener that starts has its socket for a moment before it answers. */
const settledMs = 5000

/** Asks a listener for its board, for so long at most. Never rejects. Takes away a socket that nobody listens on. */
export async function ask(address: Address, timeoutMs: number): Promise<Answer> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const { status, body } = await get(address, limit)
    if (status === 401) return problem('it refuses the token in EVALSPAN_TOKEN')
    if (status !== 200) return problem(`it answers with status ${status}`)
    return read(body)
  } catch (error) {
    if (limit.aborted) return problem(`no answer within ${timeoutMs / 1000} s`)
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ECONNREFUSED' && 'socket' in address) removeStale(address.socket)
    return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET' || code === 'EPIPE'
      ? { kind: 'gone' }
      : problem(messageOf(error))
  }
}

function get(address: Address, signal: AbortSignal): Promise<{ status: number | undefined; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>()
  const isTls = 'url' in address && new URL(address.url).protocol === 'https:'
  const request = (isTls ? httpsRequest : httpRequest)({ ...target(address), signal, agent: false }, (response) => {
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostBytes) response.destroy(new Error(`it answers with more than ${mostBytes} bytes`))
    })
    text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
  })
  request.on('error', reject)
  request.end()
  return promise
}

function target(address: Address): RequestOptions {
  if ('socket' in address) return { socketPath: address.socket, path: '/v1/status', headers: { host: 'localhost' } }
  const { protocol, hostname, port } = new URL(address.url)
  const headers = address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }
  return { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: '/v1/status', headers }
}

function read(body: string): Answer {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return problem('what it answers is no JSON: it may be no listener of evalspan')
  }
  if (!isObject(value) || typeof value['version'] !== 'number') {
    return problem('what it answers is no view of what runs: it may be no listener of evalspan')
  }
  if (value['version'] !== snapshotVersion)
    return problem('it is of another version of evalspan: use the same for both')
  return { kind: 'snapshot', snapshot: value as unknown as BoardSnapshot }
}

function removeStale(socket: string): void {
  try {
    if (Date.now() - statSync(socket).mtimeMs > settledMs) unlinkSync(socket)
  } catch {
    // Somebody else was quicker.
  }
}

function problem(what: string): Answer {
  return { kind: 'problem', problem: what }
}
