import { status as codes } from '@grpc/grpc-js'
import { describe, expect, it, vi } from 'vitest'
import { GrpcReceiver } from '../receiver/grpc-receiver.ts'
import { HttpReceiver, type HttpAnswer } from '../receiver/http-receiver.ts'
import type { Received, Signal } from '../receiver/received.ts'
import { bearer, CanaryScene, inPrint, probe, secrets } from './canary-scene.ts'

// A machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 })

/** The key of an address. */
const inPath = 'ZaVnC4dhaV1oQ9rT7xYp2LmK8sWe5uHb=='
/** A secret that is cut off must not show its beginning either. */
const unwanted = [...secrets, probe, bearer.slice(0, 5), inPath]

/** So much before it that what is shown of an answer ends at another place of the secret each time. */
function padding(count: number): string {
  return '. '.repeat(150).slice(0, 180 + ((count * 13) % 120))
}

/** Runs it all against a backend that says too much, and gives where something of it is left. */
async function leftBehind(url: string, variables: Record<string, string> = {}): Promise<string[]> {
  using scene = new CanaryScene('off', url, { EVALSPAN_FLUSH_TIMEOUT: '1s', ...variables })
  const replayed = await scene.evalspan('replay', scene.events)
  const flushed = await scene.evalspan('flush')
  const status = await scene.evalspan('status', '--json')
  const doctor = await scene.evalspan('doctor', '--json')
  expect(replayed.code).toBe(1)
  const { destinations } = JSON.parse(status.stdout) as { destinations: readonly object[] }
  const silent = destinations.filter((each) => !/\[masked\]|\*\*\*/.test(JSON.stringify(each)))
  expect(silent).toEqual([])
  return [
    ...[replayed, flushed, status, doctor].flatMap((ended) => inPrint(ended, unwanted)),
    ...scene.onDisk(unwanted),
  ]
}

type Echo = (request: Received, count: number) => Exclude<HttpAnswer, string>

const json = { 'content-type': 'application/json' }
const text = { 'content-type': 'text/plain' }
const html = { 'content-type': 'text/html' }
const echoes: readonly Readonly<Record<Signal, Echo>>[] = [
  {
    traces: ({ headers, raw }, count) => ({
      status: 400,
      headers: text,
      body: `${padding(count)}Authorization: ${headers['authorization']} ${Buffer.from(raw!).toString()}`,
    }),
    logs: ({ headers }, count) => ({
      status: 500,
      headers: json,
      body: JSON.stringify({
        message: `${padding(count)}${JSON.stringify({ authorization: headers['authorization'] })}`,
      }),
    }),
    metrics: ({ headers }) => ({
      status: 401,
      headers: text,
      body: `no such key: ${headers['authorization']!.slice(7)}, ${headers['x-api-key']}`,
    }),
  },
  {
    traces: ({ headers }) => ({
      status: 503,
      headers: html,
      body: `<html><b>${padding(0)}</b><pre>authorization: ${headers['authorization']}</pre></html>`,
    }),
    logs: ({ headers }, count) => ({ rejected: 1, message: `${padding(count)}${headers['authorization']}` }),
    metrics: ({ headers }) => ({
      status: 307,
      headers: { location: `https://me:${bearer}@example.com/${headers['x-api-key']}?key=${bearer}` },
    }),
  },
]

describe('a backend that answers with what it was sent', () => {
  it.each(echoes)('over HTTP leaves no secret in what is shown or kept (%#)', async (echo) => {
    await using receiver = await HttpReceiver.start()
    let count = 0
    receiver.answer = (request) => echo[request.signal](request, count++)
    expect(await leftBehind(receiver.url)).toEqual([])
  })

  it('over gRPC leaves no secret in what is shown or kept', async () => {
    await using receiver = await GrpcReceiver.start()
    let count = 0
    receiver.answer = ({ signal, headers }) => {
      const isRefused = signal === 'traces'
      const code = isRefused ? codes.INVALID_ARGUMENT : signal === 'logs' ? codes.UNAUTHENTICATED : codes.UNAVAILABLE
      const details = `${padding(isRefused ? count++ : 0)}authorization: ${headers['authorization']}`
      return { code, details }
    }
    expect(await leftBehind(receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual([])
  })

  it('leaves none of the credentials in its address in what is shown or kept', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = ({ headers, path }) => ({
      status: 400,
      headers: text,
      body: `${headers['authorization']} may not post to ${path}`,
    })
    const url = `http://me:${bearer}@127.0.0.1:${receiver.port}/receiver/${inPath}/otlp`
    expect(await leftBehind(url, { OTEL_EXPORTER_OTLP_HEADERS: '' })).toEqual([])
  })
})
