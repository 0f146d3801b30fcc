import { ROOT_CONTEXT, SeverityNumber, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { ProtobufLogsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Collector, startCollector } from './collector.ts'
import { type Jaeger, startJaeger } from './jaeger.ts'
import { describeWithJaeger } from './service.ts'

const resource = resourceFromAttributes({ 'service.name': 'infrastructure' })

describeWithJaeger('a Jaeger of its own', () => {
  let jaeger: Jaeger
  beforeAll(async () => void (jaeger = await startJaeger()))
  afterAll(() => jaeger?.stop())

  it('gives back what the stock exporter sends', async () => {
    const start = Math.floor(Date.now() / 1000)
    const ids = await sendStockSpan(`${jaeger.otlpHttp}/v1/traces`, start)

    expect(await jaeger.traces(ids.traceId)).toEqual([
      {
        ...ids,
        parentSpanId: '',
        name: 'chat gpt',
        kind: 'client',
        start: `${start}000000123`,
        end: `${start + 2}000000456`,
        attributes: { text: 'a', whole: 5, part: 0.5, yes: true, list: ['x', 'y'] },
        events: [{ name: 'scored', time: `${start + 1}000000000`, attributes: { value: 1 } }],
        links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: { why: 'origin' } }],
        status: { code: 'error', message: 'gone' },
        scope: 'test',
        resource: { 'service.name': 'infrastructure' },
      },
    ])
    expect(await jaeger.search({ service: 'infrastructure', tags: { text: 'a' } })).toEqual([ids.traceId])
    expect(await jaeger.search({ service: 'infrastructure', tags: { text: 'b' } })).toEqual([])
  })

  it('knows nothing of a trace that was never sent', async () => {
    expect(await jaeger.traces('c'.repeat(32))).toEqual([])
  })
})

describeWithJaeger('a Collector of its own', () => {
  let collector: Collector
  beforeAll(async () => void (collector = await startCollector()))
  afterAll(() => collector?.stop())

  it('takes traces', async () => {
    const ids = await sendStockSpan(`${collector.otlpHttp}/v1/traces`, 1_795_000_000)
    expect(collector.spans.map(({ traceId, spanId }) => ({ traceId, spanId }))).toEqual([ids])
  })

  it('takes metrics and shows them to Prometheus', async () => {
    const reader = new (class extends MetricReader {
      protected override async onForceFlush() {}
      protected override async onShutdown() {}
    })()
    const meter = new MeterProvider({ resource, readers: [reader] }).getMeter('test')
    meter.createCounter('eval.samples', { unit: '{sample}', description: 'Samples' }).add(3, { task: 't' })
    meter.createHistogram('eval.duration', { unit: 's', advice: { explicitBucketBoundaries: [1, 10] } }).record(2)
    await post(
      `${collector.otlpHttp}/v1/metrics`,
      ProtobufMetricsSerializer.serializeRequest((await reader.collect()).resourceMetrics),
    )

    expect(collector.points.map(({ start: _start, time: _time, ...point }) => point)).toEqual([
      {
        metric: 'eval.samples',
        description: 'Samples',
        unit: '{sample}',
        type: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        attributes: { task: 't' },
        value: 3,
        scope: 'test',
        resource: { 'service.name': 'infrastructure' },
      },
      {
        metric: 'eval.duration',
        description: '',
        unit: 's',
        type: 'histogram',
        temporality: 'cumulative',
        monotonic: false,
        attributes: {},
        count: 1,
        sum: 2,
        bounds: [1, 10],
        buckets: [0, 1, 0],
        scope: 'test',
        resource: { 'service.name': 'infrastructure' },
      },
    ])
    expect(await collector.scrape()).toMatch(/^eval_samples_total\{.*task="t".*\} 3$/m)
  })

  it('takes logs', async () => {
    const exporter = new InMemoryLogRecordExporter()
    const logger = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter })],
    }).getLogger('test')
    logger.emit({
      eventName: 'gen_ai.evaluation.result',
      timestamp: [1_795_000_000, 5],
      severityNumber: SeverityNumber.INFO,
      severityText: 'INFO',
      attributes: { score: 0.5 },
      context: trace.setSpanContext(ROOT_CONTEXT, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
    })
    await post(
      `${collector.otlpHttp}/v1/logs`,
      ProtobufLogsSerializer.serializeRequest(exporter.getFinishedLogRecords()),
    )

    expect(collector.logs).toEqual([
      {
        traceId: 'a'.repeat(32),
        spanId: 'b'.repeat(16),
        eventName: 'gen_ai.evaluation.result',
        time: '1795000000000000005',
        severity: 'INFO',
        body: null,
        attributes: { score: 0.5 },
        scope: 'test',
        resource: { 'service.name': 'infrastructure' },
      },
    ])
    await expect.poll(() => collector.output()).toContain('EventName: gen_ai.evaluation.result')
  })
})

async function sendStockSpan(url: string, start: number): Promise<{ traceId: string; spanId: string }> {
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  })
  const span = provider.getTracer('test').startSpan('chat gpt', {
    kind: SpanKind.CLIENT,
    startTime: [start, 123],
    attributes: { text: 'a', whole: 5, part: 0.5, yes: true, list: ['x', 'y'] },
    links: [
      { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }, attributes: { why: 'origin' } },
    ],
  })
  span.addEvent('scored', { value: 1 }, [start + 1, 0])
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'gone' })
  span.end([start + 2, 456])
  await provider.shutdown()
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId }
}

async function post(url: string, body: Uint8Array | undefined): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf' }
  const response = await fetch(url, { method: 'POST', headers, body: body as Uint8Array<ArrayBuffer> })
  expect(response.status).toBe(200)
}
