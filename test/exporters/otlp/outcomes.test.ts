import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createSecureServer } from 'node:http2'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { status } from '@grpc/grpc-js'
import { ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/delivery/item.ts'
import { makeCertificates } from '../../receiver/certificates.ts'
import { GrpcReceiver } from '../../receiver/grpc-receiver.ts'
import { HttpReceiver } from '../../receiver/http-receiver.ts'
import { encode } from '../../receiver/protobuf.ts'
import { environment } from '../environment.ts'
import { oneOfEach } from '../one-of-each.ts'
import { openSinks, sendSpans } from './open-sinks.ts'

const protobuf = 'application/x-protobuf'
const noTraces =
  'the path is wrong, or this backend takes no traces (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT sets the whole URL)'

describe('an answer over HTTP', () => {
  it.each([
    [400, 'text/plain', 'bad span', 'rejected', ': bad span'],
    [400, 'application/json', '{"code":3,"message":"bad json span"}', 'rejected', ': bad json span'],
    [400, protobuf, encode([1, 3], [2, 'bad protobuf span']), 'rejected', ': bad protobuf span'],
    [400, protobuf, Buffer.from([0xff, 0xff]), 'rejected', ''],
    [422, 'application/json', '{"detail":"no experiment"}', 'rejected', ': no experiment'],
    [500, 'text/html', '<html><style>a{}</style><b>Oh</b> no</html>', 'rejected', ': Oh no'],
    [401, 'text/plain', 'who are you', 'blocked', ': who are you; check OTEL_EXPORTER_OTLP_HEADERS'],
    [403, 'text/plain', '', 'blocked', '; check OTEL_EXPORTER_OTLP_HEADERS'],
    [407, 'text/plain', '', 'blocked', '; check the user and password in HTTP_PROXY'],
    [402, 'text/plain', 'quota', 'blocked', ': quota'],
    [404, 'text/plain', '404 page not found', 'blocked', `: 404 page not found; ${noTraces}`],
    [405, 'text/plain', '', 'blocked', `; ${noTraces}`],
    [501, 'text/plain', '', 'blocked', `; ${noTraces}`],
    [415, 'text/plain', '', 'blocked', '; try another OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf, http/json or grpc'],
    [413, 'text/plain', '', 'too-large', ''],
    [
      400,
      'text/plain',
      'Client sent an HTTP request to an HTTPS server.',
      'blocked',
      tlsPort('Client sent an HTTP request to an HTTPS server.'),
    ],
    [
      400,
      'text/html',
      '<html><h1>400 The plain HTTP request was sent to HTTPS port</h1></html>',
      'blocked',
      tlsPort('400 The plain HTTP request was sent to HTTPS port'),
    ],
  ])('of %i with %s and %j is %s, and says why', async (code, type, body, outcome, text) => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = { status: code, headers: { 'content-type': type }, body }
    const url = `${receiver.url}/v1/traces`
    expect(await sendSpans({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url })).toEqual({
      status: outcome,
      reason: `${url} answered ${code}${text}`,
    })
  })

  it('of a redirect is blocked, and says where it points', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = { status: 302, headers: { location: 'https://u:p@elsewhere/login?next=secret' } }
    expect(await sendSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })).toEqual({
      status: 'blocked',
      reason: `${receiver.url}/v1/traces answered 302; redirects are not followed: set the endpoint to where it points (https://***@elsewhere/login?***)`,
    })
  })

  it('of a proxy that wants a password is blocked, with and without a tunnel', async () => {
    const proxy = createHttp((_request, response) => response.writeHead(407).end())
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'))
    const port = await listening(proxy)
    const HTTP_PROXY = `http://127.0.0.1:${port}`
    try {
      const tunnel = await withProxy(HTTP_PROXY, () =>
        sendSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://backend.test' }),
      )
      const plain = await withProxy(HTTP_PROXY, () => sendSpans({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://backend.test' }))
      expect([tunnel, plain]).toEqual([
        {
          status: 'blocked',
          reason: expect.stringMatching(/407.*; check the user and password in HTTPS_PROXY or HTTP_PROXY$/),
        },
        { status: 'blocked', reason: expect.stringMatching(/407.*; check the user and password in HTTP/) },
      ])
    } finally {
      proxy.close()
    }
  })
})

describe('an answer over gRPC', () => {
  it.each([
    [status.INVALID_ARGUMENT, 'rejected', 'INVALID_ARGUMENT: oh no'],
    [status.INTERNAL, 'rejected', 'INTERNAL: oh no'],
    [status.RESOURCE_EXHAUSTED, 'rejected', 'RESOURCE_EXHAUSTED: oh no'],
    [status.UNAUTHENTICATED, 'blocked', 'UNAUTHENTICATED: oh no; check OTEL_EXPORTER_OTLP_HEADERS'],
    [status.PERMISSION_DENIED, 'blocked', 'PERMISSION_DENIED: oh no; check OTEL_EXPORTER_OTLP_HEADERS'],
    [status.UNIMPLEMENTED, 'blocked', 'UNIMPLEMENTED: oh no; this backend takes no traces over gRPC'],
    [status.UNAVAILABLE, 'retry', 'UNAVAILABLE: oh no'],
  ])('with code %i is %s, and says why', async (code, outcome, text) => {
    await using receiver = await GrpcReceiver.start()
    receiver.answer = { code, details: 'oh no' }
    const sent = await sendSpans({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    })
    expect(sent).toEqual({ status: outcome, reason: `${new URL(receiver.url).host} answered ${text}` })
  })

  it('of a server that speaks HTTP/2 but no gRPC is blocked', async () => {
    const { paths, server } = makeCertificates()
    const other = createSecureServer({ cert: server.cert, key: server.key }, (_request, response) => {
      response.writeHead(302, { location: '/login' })
      response.end()
    })
    const port = await listening(other)
    try {
      const sent = await sendSpans({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `https://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_CERTIFICATE: paths.ca,
      })
      expect(sent).toMatchObject({
        status: 'blocked',
        reason: expect.stringMatching(/HTTP status code 302; is it a port for gRPC \(OTEL_EXPORTER_OTLP_PROTOCOL\)\?$/),
      })
    } finally {
      other.close()
    }
  })
})

describe('an answer that nothing of the kind is known', () => {
  const { signal } = new AbortController()
  const [span, record] = oneOfEach() as [Item<'span'>, Item<'log'>]
  const metrics = oneMetric()

  it.each(['http/protobuf', 'grpc'])(
    'switches logs and metrics off where the endpoint is for all (%s)',
    async (protocol) => {
      await using server = protocol === 'grpc' ? await GrpcReceiver.start({ signals: ['traces'] }) : await tracesOnly()
      await using sinks = await openSinks({
        OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      })
      expect([
        await sinks.traces.send([span], { signal, state: {} }),
        await sinks.logs.send([record], { signal, state: {} }),
        await sinks.metrics.send(metrics, { signal, state: {} }),
      ]).toEqual([
        { status: 'delivered' },
        {
          status: 'unsupported',
          reason: expect.stringMatching(
            /; it takes no logs, so none are sent \(OTEL_LOGS_EXPORTER=none silences this\)$/,
          ),
        },
        {
          status: 'unsupported',
          reason: expect.stringMatching(
            /; it takes no metrics, so none are sent \(OTEL_METRICS_EXPORTER=none silences this\)$/,
          ),
        },
      ])
    },
  )

  it.each(['http/protobuf', 'grpc'])('is blocked where the endpoint is named for the signal (%s)', async (protocol) => {
    await using server = protocol === 'grpc' ? await GrpcReceiver.start({ signals: ['traces'] }) : await tracesOnly()
    await using sinks = await openSinks({
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${server.url}/v1/logs`,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${server.url}/v1/metrics`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    expect([
      await sinks.logs.send([record], { signal, state: {} }),
      await sinks.metrics.send(metrics, { signal, state: {} }),
    ]).toMatchObject([{ status: 'blocked' }, { status: 'blocked' }])
  })
})

describe.each(['http/protobuf', 'grpc'])('no answer over %s', (protocol) => {
  const send = (url: string, more: Record<string, string> = {}) =>
    sendSpans({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      ...more,
    })

  it('because nobody vouches for the certificate is blocked', async () => {
    const { server } = makeCertificates()
    const tls = { cert: server.cert, key: server.key }
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start({ tls }) : await HttpReceiver.start({ tls })
    expect(await send(receiver.url)).toMatchObject({
      status: 'blocked',
      reason: expect.stringMatching(/certificate.*; if you trust it, set OTEL_EXPORTER_OTLP_CERTIFICATE to a PEM file/),
    })
  })

  it('because the certificate is for another name is blocked', async () => {
    const { paths, server } = makeCertificates()
    const tls = { cert: server.cert, key: server.key }
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start({ tls }) : await HttpReceiver.start({ tls })
    const url = receiver.url.replace('127.0.0.1', '127.0.0.2')
    const port = Number(new URL(url).port)
    const forward = forwardTo(port)
    forward.listen(port, '127.0.0.2')
    await once(forward, 'listening')
    try {
      expect(await send(url, { OTEL_EXPORTER_OTLP_CERTIFICATE: paths.ca })).toMatchObject({
        status: 'blocked',
        reason: expect.stringMatching(/altnames/),
      })
    } finally {
      forward.close()
    }
  })

  it('because the port has no TLS is blocked', async () => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    expect(await send(receiver.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost'))).toMatchObject({
      status: 'blocked',
      reason: expect.stringMatching(/it has no TLS; write http:\/\//),
    })
  })

  it('because the port speaks something else is blocked', async () => {
    await using other = protocol === 'grpc' ? await HttpReceiver.start() : await GrpcReceiver.start()
    expect(await send(other.url)).toMatchObject({
      status: 'blocked',
      reason: expect.stringMatching(/does not speak/),
    })
  })

  it('because nothing listens is a matter of time', async () => {
    const server = createServer()
    const port = await listening(server)
    server.close()
    await once(server, 'close')
    expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({ status: 'retry' })
  })

  it('because the name is not known is a matter of time', async () => {
    expect(await send('http://backend.invalid:4318')).toMatchObject({ status: 'retry' })
  })
})

async function tracesOnly(): Promise<HttpReceiver> {
  const receiver = await HttpReceiver.start()
  receiver.answer = ({ signal }) => (signal === 'traces' ? 'ok' : { status: 404 })
  return receiver
}

function oneMetric(): ResourceMetrics {
  const time: [number, number] = [1_790_000_000, 0]
  return {
    resource: resourceFromAttributes({}),
    scopeMetrics: [
      {
        scope: { name: 'test' },
        metrics: [
          {
            descriptor: { name: 'one', description: '', unit: '1', valueType: ValueType.DOUBLE },
            aggregationTemporality: AggregationTemporality.CUMULATIVE,
            dataPointType: DataPointType.GAUGE,
            dataPoints: [{ startTime: time, endTime: time, attributes: {}, value: 1 }],
          },
        ],
      },
    ],
  }
}

function tlsPort(text: string): string {
  return `: ${text}; write https:// in the endpoint`
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function forwardTo(port: number): Server {
  return createServer((socket) => {
    const onward = connect(port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
}

async function withProxy<T>(url: string, act: () => Promise<T>): Promise<T> {
  using _ = environment({
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    NO_PROXY: undefined,
    http_proxy: undefined,
    https_proxy: undefined,
    no_proxy: undefined,
  })
  return await act()
}
