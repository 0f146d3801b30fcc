import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { checkClock } from '../../../exporters/otlp/check/clock.ts'
import type { Check } from '../../../src/exporter.ts'
import { environment } from '../environment.ts'
import { makeCertificates } from '../../receiver/certificates.ts'
import { GrpcReceiver } from '../../receiver/grpc-receiver.ts'
import { HttpReceiver } from '../../receiver/http-receiver.ts'
import { FakeJaeger, ownAddress } from './fake-jaeger.ts'
import { openSinks, type OpenSinks } from './open-sinks.ts'

const { signal } = new AbortController()

/** What the check of a sink says, a line each. */
async function check(
  variables: Record<string, string>,
  sink: 'traces' | 'logs' | 'metrics' = 'traces',
  until: AbortSignal = signal,
): Promise<string> {
  await using sinks: OpenSinks = await openSinks(variables)
  return `\n${(await sinks[sink].check!(until)).map(line).join('\n')}\n`
}

function line({ what, ok, detail, advice }: Check): string {
  const mark = ok === undefined ? '–' : ok ? '✓' : '✗'
  return steady(`${mark} ${what}: ${detail}${advice === undefined ? '' : ` → ${advice}`}`)
}

function steady(text: string): string {
  return text
    .replace(/127(?:\.\d+){3}:\d+/g, 'HOST:PORT')
    .replace(/127(?:\.\d+){3}/g, 'HOST')
    .replace(/\b[\da-f]{32}\b/g, 'TRACE')
    .replace(/\d+ ms/g, 'N ms')
    .replace(/after \d\.\d s/g, 'after N s')
    .replace(/until \w{3} .* GMT/g, 'until DATE')
}

function start(protocol: string, options: { tls?: { cert: Buffer; key: Buffer; ca?: Buffer } } = {}) {
  return protocol === 'grpc' ? GrpcReceiver.start(options) : HttpReceiver.start(options)
}

describe.each(['http/protobuf', 'http/json', 'grpc'])('a check over %s', (protocol) => {
  const OTEL_EXPORTER_OTLP_PROTOCOL = protocol

  it('sends a span, a record and a metric that people recognise', async () => {
    await using receiver = await start(protocol)
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL }
    for (const sink of ['traces', 'logs', 'metrics'] as const) await check(variables, sink)
    const traces = receiver.taken.find((request) => request.signal === 'traces' && receiver.parts('traces').length > 0)
    expect(receiver.parts('traces')).toMatchObject([{ name: 'evalspan doctor', kind: 1 }])
    expect(receiver.parts('logs')).toMatchObject([{ eventName: 'evalspan.doctor' }])
    expect(receiver.parts('metrics')).toMatchObject([
      { name: 'evalspan.doctor', gauge: { dataPoints: [{ asDouble: 1 }] } },
    ])
    expect(traces?.path).toMatch(protocol === 'grpc' ? /TraceService/ : /v1\/traces$/)
  })

  it('goes through with TLS, and tells of the certificate', async () => {
    const { paths, server } = makeCertificates()
    await using receiver = await start(protocol, { tls: server })
    const said = await check({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL,
      OTEL_EXPORTER_OTLP_CERTIFICATE: paths.ca,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: paths.client,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: paths.clientKey,
    })
    expect(said).toContain('✓ reached: TCP in N ms, TLSv1.3 in N ms, certificate until DATE\n✓ authorised: ')
    expect(said).toContain('CLIENT_KEY (set)')
    expect(said).toContain('✓ test span: trace TRACE')
  })

  it('ends where a name is not known', async () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://backend.invalid:4318'
    expect(
      (await check({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL })).replace(/^.*variables.*\n/m, ''),
    ).toMatch(
      /^\n✗ name: (?:nobody knows a host backend\.invalid \(ENOTFOUND\) → check OTEL_EXPORTER_OTLP_ENDPOINT|backend\.invalid cannot be resolved at present \(EAI_AGAIN\) → .*)\n– reached: not asked\n– authorised: not asked\n– clock: not asked\n– version: not asked\n– test span: not asked\n– read back: not asked\n$/,
    )
  })

  it('ends where nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await once(server.close(), 'close')
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `http://127.0.0.1:${port}`
    expect(await check({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL })).toContain(
      '✗ reached: HOST:PORT refuses connections → start the backend, or check OTEL_EXPORTER_OTLP_TRACES_ENDPOINT\n– authorised: not asked',
    )
  })

  it('says whose certificate is not trusted, and what to set', async () => {
    const { server } = makeCertificates()
    await using receiver = await start(protocol, { tls: { cert: server.cert, key: server.key } })
    expect(await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL })).toContain(
      '✗ reached: nobody this machine trusts vouches for its certificate, issued by "test authority" (UNABLE_TO_VERIFY_LEAF_SIGNATURE) → if you trust it, set OTEL_EXPORTER_OTLP_CERTIFICATE to a PEM file of its authority\n– authorised: not asked',
    )
  })

  it('says so where there is no TLS', async () => {
    await using receiver = await start(protocol)
    const OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url.replace('http:', 'https:')
    expect(await check({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL })).toMatch(
      /✗ reached: (?:it has no TLS → write http:\/\/ in OTEL_EXPORTER_OTLP_ENDPOINT|no TLS with it: .*)\n– authorised: not asked/,
    )
  })

  it('tells credentials that are refused, and shows none', async () => {
    await using receiver = await start(protocol)
    if (receiver instanceof GrpcReceiver) receiver.answer = { code: status.UNAUTHENTICATED, details: 'who are you' }
    else receiver.answer = { status: 401, headers: { 'content-type': 'text/plain' }, body: 'who are you' }
    const said = await check({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.replace('//', '//me:secret@'),
      OTEL_EXPORTER_OTLP_PROTOCOL,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=secret',
    })
    expect(said).not.toContain('secret')
    expect(said).toMatch(
      /✗ authorised: .* answered (?:401|UNAUTHENTICATED): who are you → check OTEL_EXPORTER_OTLP_TRACES_HEADERS\n/,
    )
    expect(said).toMatch(/– test span: not asked\n– read back: not asked\n$/)
    expect(receiver.requests).toBe(1)
  })

  it('takes it as no fault that a backend takes no logs, unless it was asked to', async () => {
    const traces = protocol === 'grpc' ? await GrpcReceiver.start({ signals: ['traces'] }) : await HttpReceiver.start()
    await using receiver = traces
    if (receiver instanceof HttpReceiver)
      receiver.answer = ({ signal: of }) => (of === 'traces' ? 'ok' : { status: 404 })
    const generic = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL }
    expect(await check(generic, 'logs')).toMatch(
      /✓ authorised: answered (?:404|UNIMPLEMENTED) to an empty request\n[^]*– test record: this backend takes no logs, so none are sent \(OTEL_LOGS_EXPORTER=none silences this\)\n$/,
    )
    const specific = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics`, OTEL_EXPORTER_OTLP_PROTOCOL }
    expect(await check(specific, 'metrics')).toMatch(/✗ test metric: .* takes no metrics/)
  })

  it('tells a span that is refused', async () => {
    await using receiver = await start(protocol)
    receiver.answers = ['ok', { rejected: 1, message: 'too old' }]
    expect(await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL })).toContain(
      '✗ test span: refused: too old\n– read back: not asked\n',
    )
  })

  it('ends soon when it is interrupted', async () => {
    await using receiver = await start(protocol)
    receiver.answer = 'hang'
    const interrupt = new AbortController()
    const began = performance.now()
    const checking = check(
      { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL },
      'traces',
      interrupt.signal,
    )
    await sleep(200)
    interrupt.abort(new Error('time is up'))
    expect(await checking).toMatch(/✗ authorised: time is up\n– clock: not asked\n/)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

describe('a check of traces', () => {
  it('reads them back from the Jaeger beside the endpoint', async () => {
    const address = ownAddress()
    await using jaeger = await FakeJaeger.start(address)
    const backend = createHttp((request, response) => {
      request
        .resume()
        .on('end', () => response.writeHead(200, { 'content-type': 'application/json', server: 'otel/1' }).end('{}'))
    })
    backend.on('request', (request) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const id = /"traceId":"(\w{32})"/.exec(Buffer.concat(chunks).toString())?.[1]
        if (id) setTimeout(() => jaeger.traces.add(id), 500)
      })
    })
    backend.listen(4318, address)
    await once(backend, 'listening')
    try {
      expect(
        await check({
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}:4318`,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret',
        }),
      ).toMatchInlineSnapshot(`
        "
        ✓ variables: OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT, OTEL_EXPORTER_OTLP_PROTOCOL=http/json, OTEL_EXPORTER_OTLP_HEADERS (set)
        ✓ name: HOST is an address
        ✓ reached: TCP in N ms
        ✓ authorised: answered 200 to an empty request
        ✓ clock: this machine's clock and the server's agree
        ✓ version: Jaeger v1.76.0 (http://HOST:PORT), otel/1
        ✓ test span: http://HOST:PORT/trace/TRACE
        ✓ read back: from http://HOST:PORT after N s
        "
      `)
    } finally {
      backend.closeAllConnections()
      backend.close()
    }
  })

  it('tells a trace that does not arrive, from the Jaeger of EVALSPAN_TRACE_URL', async () => {
    await using receiver = await HttpReceiver.start()
    await using jaeger = await FakeJaeger.start(ownAddress(), 16_690)
    const EVALSPAN_TRACE_URL = `${jaeger.url}/trace/{trace_id}`
    const said = await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, EVALSPAN_TRACE_URL })
    expect(said).toContain(`EVALSPAN_TRACE_URL=http://HOST:PORT/trace/{trace_id}`)
    expect(said).toContain(
      '✓ test span: http://HOST:PORT/trace/TRACE\n✗ read back: http://HOST:PORT does not have the trace',
    )
  })

  it('asks no further where the link leads to something else than Jaeger', async () => {
    await using receiver = await HttpReceiver.start()
    const EVALSPAN_TRACE_URL = 'http://192.0.2.1/explore?trace={trace_id}&key=secret'
    const said = await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, EVALSPAN_TRACE_URL })
    expect(said).toContain('– read back: this backend cannot be asked')
    expect(said.match(/secret/g)).toHaveLength(1)
  })
})

describe('a check of the clock', () => {
  const sent = Date.parse('2026-11-21T12:00:00Z')
  const ahead = (ms: number) =>
    checkClock({ sent, answered: sent + 200, headers: { date: new Date(sent + ms).toUTCString() } })
  const advice = 'set the clock that is wrong (NTP): backends drop or misplace spans that are off by that much'

  it('allows for the way of the answer, and for what the header leaves out', () => {
    const agree = { ok: true, detail: "this machine's clock and the server's agree" }
    expect([0, 100, 200, -500, -999].map(ahead)).toEqual([agree, agree, agree, agree, agree])
  })

  it('tells a small difference, and finds fault with one over five seconds', () => {
    const detail = (text: string): string => `this machine's clock is ${text} the server's`
    expect([3_000, -3_000, 5_000, 6_000, -6_000, 300_000, -86_400_000].map(ahead)).toEqual([
      { ok: true, detail: detail('3 s behind') },
      { ok: true, detail: detail('3 s ahead of') },
      { ok: true, detail: detail('5 s behind') },
      { ok: false, detail: detail('6 s behind'), advice },
      { ok: false, detail: detail('6 s ahead of'), advice },
      { ok: false, detail: detail('5 min behind'), advice },
      { ok: false, detail: detail('24 h ahead of'), advice },
    ])
  })

  it('needs a time', () => {
    const unknown = { ok: undefined, detail: 'its answers carry no time' }
    expect([{}, { date: 'yesterday' }].map((headers) => checkClock({ sent, answered: sent, headers }))).toEqual([
      unknown,
      unknown,
    ])
  })
})

describe('a check over HTTP', () => {
  it('tells how long no answer came, and asks no further', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = 'hang'
    const said = await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT: '300' })
    expect(said).toMatch(/✗ authorised: HOST:PORT gave no answer within 0\.3 s\n– clock: not asked/)
  })

  it('gives up after five seconds of silence, and says what may be behind it', async () => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = 'hang'
    expect(await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })).toContain(
      '✗ authorised: no answer within 5 s → is it a port for this protocol? (OTEL_EXPORTER_OTLP_PROTOCOL)\n– clock: not asked',
    )
  })

  it('tells a port that wants TLS', async () => {
    await using receiver = await HttpReceiver.start()
    const body = 'Client sent an HTTP request to an HTTPS server.'
    receiver.answer = { status: 400, headers: { 'content-type': 'text/plain' }, body }
    expect(await check({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })).toContain('; write https:// in the endpoint')
  })

  it('asks for the proxy where there is one', async () => {
    const proxy = createHttp((request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const HTTP_PROXY = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`
    using _ = environment({ HTTP_PROXY, http_proxy: undefined, NO_PROXY: undefined, no_proxy: undefined })
    try {
      const said = await check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://backend.invalid' })
      expect(said).toContain('✓ reached: TCP in N ms, to the proxy HOST:PORT\n✓ authorised: answered 200')
      expect(said).not.toContain('secret')
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  })

  it('names the names a certificate is for', async () => {
    const { paths, server } = makeCertificates()
    await using receiver = await HttpReceiver.start({ tls: { cert: server.cert, key: server.key } })
    const other = ownAddress()
    const forward = createServer((socket) => socket.pipe(connect(receiver.port, '127.0.0.1')).pipe(socket))
    forward.listen(receiver.port, other)
    await once(forward, 'listening')
    try {
      expect(
        await check({
          OTEL_EXPORTER_OTLP_ENDPOINT: `https://${other}:${receiver.port}`,
          OTEL_EXPORTER_OTLP_CERTIFICATE: paths.ca,
        }),
      ).toContain(
        '✗ reached: its certificate is for IP Address:HOST, DNS:localhost, not for HOST → use such a name in OTEL_EXPORTER_OTLP_ENDPOINT',
      )
    } finally {
      forward.close()
    }
  })
})
