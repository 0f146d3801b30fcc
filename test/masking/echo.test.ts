import { status as codes } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { GrpcReceiver, type GrpcAnswer } from '../receiver/grpc-receiver.ts'
import { HttpReceiver, type HttpAnswer } from '../receiver/http-receiver.ts'
import type { Received } from '../receiver/received.ts'
import { bearer, CanaryScene, inPrint, probe, secrets } from './canary-scene.ts'

/** A secret that is cut off must not show its beginning either. */
const unwanted = [...secrets, probe, bearer.slice(0, 5)]

/** So much before it that what is shown of an answer ends at another place of the secret each time. */
function padding(count: number): string {
  return '. '.repeat(150).slice(0, 180 + ((count * 13) % 120))
}

/** Runs it all against a backend that says too much, and gives where something of it is left. */
async function leftBehind(url: string, variables: Record<string, string> = {}): Promise<string[]> {
  using scene = new CanaryScene('off', url, { EVALSPAN_FLUSH_TIMEOUT: '1s', ...variables })
  const replayed = await scene.evalspan('replay', scene.events)
  const flushed = await scene.evalspan('flush')
  const others = await Promise.all([scene.evalspan('status', '--json'), scene.evalspan('doctor', '--json')])
  const all = [replayed, flushed, ...others]
  expect(replayed.code).toBe(1)
  expect(others[0].stdout).toContain('[masked]')
  return [...all.flatMap((ended) => inPrint(ended, unwanted)), ...scene.onDisk(unwanted)]
}

type Echo = (request: Received, count: number) => Exclude<HttpAnswer, string>

describe('a backend that answers', () => {
  const json = { 'content-type': 'application/json' }
  const text = { 'content-type': 'text/plain' }
  const answers: Record<string, Echo> = {
    '400 with the request': ({ headers, raw }, count) => ({
      status: 400,
      headers: text,
      body: `${padding(count)}Authorization: ${headers['authorization']} ${Buffer.from(raw!).toString()}`,
    }),
    '500 with the headers as JSON': ({ headers }, count) => ({
      status: 500,
      headers: json,
      body: JSON.stringify({
        message: `${padding(count)}${JSON.stringify({ authorization: headers['authorization'] })}`,
      }),
    }),
    '401 with the credential': ({ headers }) => ({
      status: 401,
      headers: text,
      body: `no such key: ${headers['authorization']!.slice(7)}, ${headers['x-api-key']}`,
    }),
    '503 with a page': ({ headers }) => ({
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: `<html><b>${padding(0)}</b><pre>authorization: ${headers['authorization']}</pre></html>`,
    }),
    '307 with a place': ({ headers }) => ({
      status: 307,
      headers: { location: `https://me:${bearer}@example.com/${headers['x-api-key']}?key=${bearer}` },
    }),
    'that it took a part': ({ headers }, count) => ({
      rejected: 1,
      message: `no more: ${padding(count)}${headers['authorization']}`,
    }),
  }

  it.concurrent.each(Object.keys(answers))('%s leaves no secret in what is shown or kept', async (name) => {
    await using receiver = await HttpReceiver.start()
    let count = 0
    receiver.answer = (request) => answers[name]!(request, count++)
    expect(await leftBehind(receiver.url)).toEqual([])
    expect(count).toBeGreaterThan(3)
  })

  it.concurrent.each(['INVALID_ARGUMENT', 'UNAUTHENTICATED', 'UNAVAILABLE'] as const)(
    '%s over gRPC with the credential leaves no secret in what is shown or kept',
    async (code) => {
      await using receiver = await GrpcReceiver.start()
      receiver.answers = Array.from({ length: 2_000 }, (_, count): GrpcAnswer => {
        const before = padding(code === 'INVALID_ARGUMENT' ? count : 0)
        return { code: codes[code], details: `${before}authorization: Bearer ${bearer}` }
      })
      expect(await leftBehind(receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual([])
      expect(receiver.requests).toBeGreaterThan(3)
    },
  )
})
