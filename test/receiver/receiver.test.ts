import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { metrics, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { GrpcReceiver } from './grpc-receiver.ts'
import { HttpReceiver } from './http-receiver.ts'
import { attributesOf } from './received.ts'

describe('the receiver', () => {
  it('gets along with the official exporter over HTTP and JSON', async () => {
    await using receiver = await HttpReceiver.start()
    const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` })
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    provider
      .getTracer('official')
      .startSpan('hello', { attributes: { answer: 42, text: 'a' } })
      .end()
    await provider.forceFlush()
    await provider.shutdown()

    const [span = {}] = receiver.parts('traces')
    expect(span['name']).toBe('hello')
    expect(attributesOf(span)).toEqual({ answer: 42, text: 'a' })
  })
})

describe.each(['http/protobuf', 'http/json', 'grpc'] as const)('the official SDK over %s', (protocol) => {
  const before = { ...process.env }
  afterEach(() => {
    process.env = { ...before }
    trace.disable()
    metrics.disable()
  })

  it('brings spans and metrics to the receiver', async () => {
    await using receiver = protocol === 'grpc' ? await GrpcReceiver.start() : await HttpReceiver.start()
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
    })
    const sdk = new NodeSDK()
    sdk.start()
    const tracer = trace.getTracer('official')
    tracer.startActiveSpan('parent', (parent) => {
      tracer.startSpan('child', { attributes: { list: ['a', 'b'], half: 0.5, yes: true, minus: -7 } }).end()
      parent.addEvent('seen').end()
    })
    metrics.getMeter('official').createHistogram('duration', { unit: 's' }).record(1.5, { model: 'm' })
    metrics.getMeter('official').createCounter('count').add(3)
    await sdk.shutdown()

    const [child = {}, parent = {}] = receiver.parts('traces')
    expect([child['name'], parent['name'], child['parentSpanId']]).toEqual(['child', 'parent', parent['spanId']])
    expect(attributesOf(child)).toEqual({ list: ['a', 'b'], half: 0.5, yes: true, minus: -7 })
    expect(receiver.parts('metrics').map(({ name }) => name)).toEqual(['duration', 'count'])
    expect(receiver.taken[0]!.headers['x-key']).toBe('a b')
  })
})
