import { describe, expect, it } from 'vitest'
import otlp from '../../exporters/otlp/index.ts'
import { spanItems } from '../delivery/items.ts'
import { makeCertificates } from '../receiver/certificates.ts'
import { GrpcReceiver } from '../receiver/grpc-receiver.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { attributesOf } from '../receiver/received.ts'
import { environment } from './environment.ts'
import { oneOfEach } from './one-of-each.ts'
import { openOtlp } from './otlp-fixture.ts'

const version = expect.stringMatching(/^\d+\.\d+\.\d+/)
const scope = { name: 'evalspan', version }
const sdk = {
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.version': version,
}

type Json = Record<string, never>

describe.each(['http/protobuf', 'http/json', 'grpc'] as const)('OTLP over %s', (protocol) => {
  it.each(['none', 'gzip'])('brings spans, logs and metrics to a server (compression %s)', async (compression) => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    using _ = environment({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=a%20b%3D,x-tenant=general',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=traces',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=ci',
    })
    const { delivery } = await openOtlp()
    const items = oneOfEach()
    await delivery.commit(items)
    const report = await delivery.close()

    const { traceId, spanId } = items[0]!.body as { traceId: string; spanId: string }
    const by = (signal: string): (typeof receiver.taken)[number] =>
      receiver.taken.find((request) => request.signal === signal)!
    const traces = (by('traces').content as { resourceSpans: Json[] }).resourceSpans[0]!
    expect(attributesOf(traces['resource']!)).toEqual({
      'service.name': 'evalspan',
      'deployment.environment.name': 'ci',
      ...sdk,
    })
    expect(traces['scopeSpans']).toMatchObject([
      {
        scope,
        spans: [
          {
            traceId,
            spanId,
            name: 'span a',
            kind: 1,
            startTimeUnixNano: '1790000000000000005',
            endTimeUnixNano: '1790000001000000250',
            flags: 0x101,
          },
        ],
      },
    ])
    expect(attributesOf(receiver.parts('traces')[0]!)).toEqual({
      text: 'ä',
      whole: 3,
      half: 0.5,
      yes: true,
      list: ['x', 'y'],
    })
    expect(receiver.parts('logs')).toMatchObject([
      {
        traceId,
        spanId,
        eventName: 'gen_ai.evaluation.result',
        severityNumber: 9,
        timeUnixNano: '1790000002000000007',
        observedTimeUnixNano: '1790000002000000007',
      },
    ])
    const metrics = (by('metrics').content as { resourceMetrics: Json[] }).resourceMetrics[0]!
    expect(attributesOf(metrics['resource']!)).toMatchObject({
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'service.name': 'evalspan',
    })
    expect(receiver.parts('metrics').map(({ name }) => name)).toEqual([
      'eval.calls',
      'eval.duration',
      'evalspan.delivery.produced',
      'evalspan.delivery.item',
    ])
    expect(by('traces').headers).toMatchObject({ 'x-key': 'a b=', 'x-tenant': 'traces' })
    expect(by('logs').headers).toMatchObject({ 'x-key': 'a b=', 'x-tenant': 'general' })
    expect(report.destinations).toMatchObject([
      { sink: 'otlp/logs', produced: 1, delivered: 1 },
      { sink: 'otlp/traces', produced: 1, delivered: 1 },
      { sink: 'otlp/metrics', produced: 8, delivered: 8 },
    ])
  })

  it('gives the server as an authority and a client certificate where they are set', async () => {
    const { paths, server } = makeCertificates()
    const tls = server
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start({ tls }) : await HttpReceiver.start({ tls })
    using _ = environment({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_CERTIFICATE: paths.ca,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: paths.client,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: paths.clientKey,
    })
    const { delivery } = await openOtlp()
    await delivery.commit(oneOfEach())
    await delivery.close()
    expect(receiver.parts('traces')).toHaveLength(1)
  })

  it('names the trouble with a certificate nobody vouches for, and loses nothing silently', async () => {
    const { server } = makeCertificates()
    const tls = { cert: server.cert, key: server.key }
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start({ tls }) : await HttpReceiver.start({ tls })
    using _ = environment({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
    const { delivery } = await openOtlp({ flushTimeoutMs: 300 })
    await delivery.commit(spanItems(3))
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ dropped: 3 }])
    expect(destinations[0]!.reasons[0]!.reason).toMatch(
      /^given up; last error: 127\.0\.0\.1:\d+ .*certificate.*; if you trust it, set OTEL_EXPORTER_OTLP_(?:TRACES_)?CERTIFICATE to a PEM file of its authority/,
    )
  })

  it('counts what the server takes only a part of', async () => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    receiver.answers = [{ rejected: 2, message: 'too old' }]
    using _ = environment({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    const { delivery } = await openOtlp()
    await delivery.commit(spanItems(5))
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ delivered: 3, rejected: 2, reasons: [{ reason: 'too old', count: 2 }] }])
  })

  it('tells a warning of the server once', async () => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    receiver.answer = { rejected: 0, message: 'old format' }
    using _ = environment({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    const { delivery, lines } = await openOtlp()
    await delivery.commit(spanItems(5))
    await delivery.flush()
    await delivery.commit(spanItems(5, { object: 'more' }))
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ delivered: 10, rejected: 0 }])
    expect(lines).toEqual(['otlp/traces: the server says: old format'])
  })

  it('gives up a request that hangs after the timeout, and tries again', async () => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    receiver.answers = ['hang']
    using _ = environment({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    })
    const { delivery } = await openOtlp()
    await delivery.commit(spanItems(2))
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ delivered: 2 }])
    expect(receiver.requests).toBe(2)
  })
})

describe('a backend that takes traces alone', () => {
  it.each([404, 405, 501])('gets no metrics and logs after %i, with a line each and no loss', async (status) => {
    await using receiver = await HttpReceiver.start()
    receiver.answer = ({ signal }) => (signal === 'traces' ? 'ok' : { status })
    using _ = environment({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
    const { delivery, lines } = await openOtlp()
    await delivery.commit(oneOfEach())
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ sink: 'otlp/traces', produced: 1, delivered: 1 }])
    expect(destinations).toHaveLength(1)
    expect(lines.toSorted()).toEqual([
      `otlp/logs: ${receiver.url}/v1/logs answered ${status}; it takes no logs, so none are sent (OTEL_LOGS_EXPORTER=none silences this)`,
      `otlp/metrics: ${receiver.url}/v1/metrics answered ${status}; it takes no metrics, so none are sent (OTEL_METRICS_EXPORTER=none silences this)`,
    ])
  })

  it('is known over gRPC too', async () => {
    await using receiver = await GrpcReceiver.start({ signals: ['traces'] })
    using _ = environment({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
    const { delivery, lines } = await openOtlp()
    await delivery.commit(oneOfEach())
    const { destinations } = await delivery.close()
    expect(destinations).toMatchObject([{ sink: 'otlp/traces', delivered: 1 }])
    expect(destinations).toHaveLength(1)
    expect(lines).toHaveLength(2)
  })
})

describe('whether OTLP is on', () => {
  const url = 'http://localhost:4318'
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: url }, true],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: 'True' }, false],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url, OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: 'console, otlp' }, true],
  ])('with %j: %s', (variables, expected) => {
    using _ = environment(variables)
    expect(otlp.enabled()).toBe(expected)
  })

  it('is asked for each signal', async () => {
    using _ = environment({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_LOGS_EXPORTER: 'none',
    })
    const { delivery, close } = await openOtlp()
    expect((await delivery.report()).destinations.map(({ sink }) => sink)).toEqual(['otlp/traces'])
    await close()
  })

  it('has all signals go to the standard place when a command asks for it and no variable does', async () => {
    const { delivery, close } = await openOtlp()
    expect((await delivery.report()).destinations.map(({ sink }) => sink)).toEqual([
      'otlp/logs',
      'otlp/traces',
      'otlp/metrics',
    ])
    await close()
  })
})
