import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Item, LogBody, SpanBody } from '../../src/delivery/item.ts'
import { itemsOf } from '../telemetry/render.ts'
import { type Collector, startCollector } from './collector.ts'
import { type Jaeger, startJaeger } from './jaeger.ts'
import type { PlainSpan } from './otlp-json.ts'
import { describeWithJaeger } from './service.ts'

const folder = 'test/fixtures/inspect'
const logs = readdirSync(folder)
  .filter((name) => name.endsWith('.eval') || name === 'json_format.json')
  .filter((name) => !name.includes('chunked'))
  .map((name) => `${folder}/${name}`)
  .concat(`${folder}/eval_set_retry_immediate`)
// The same run, with a score that somebody edited.
const [edited, finished] = [
  logs.filter((path) => path.includes('score_edited')),
  logs.filter((path) => !path.includes('score_edited')),
]

describe.each(['http/protobuf', 'http/json', 'grpc'])('replay over %s', (protocol) => {
  describeWithJaeger('to Jaeger', () => {
    let jaeger: Jaeger
    let meant: readonly Item[]
    let run: Finished

    beforeAll(async () => {
      jaeger = await startJaeger()
      meant = await itemsOf(finished)
      const endpoint = protocol === 'grpc' ? jaeger.otlpGrpc : jaeger.otlpHttp
      run = await evalspan(['replay', ...finished], {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      })
    })
    afterAll(() => jaeger?.stop())

    it('is done with nothing but the endpoint set', () => {
      const spans = meant.filter((item) => item.kind === 'span').length
      expect(run.code, run.output).toBe(0)
      expect(run.output).toMatch(
        new RegExp(
          `otlp/traces .*\\n {2}${spans} produced = ${spans} delivered \\+ 0 waiting \\+ 0 rejected \\+ 0 dropped`,
        ),
      )
    })

    it('gives back every span of every trace as it was meant', async () => {
      const spans = meant.flatMap((item) => (item.kind === 'span' ? [item.body] : []))
      const traces = Map.groupBy(spans, (span) => span.traceId)
      expect(traces.size).toBeGreaterThan(40)
      for (const [traceId, trace] of traces) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is easier on Jaeger
        const received = await jaeger.traces(traceId)
        expect(byId(received.map(withoutResource))).toEqual(byId(trace.map(plainSpan)))
      }
    })
  })
})

describeWithJaeger('replay to a Collector', () => {
  let collector: Collector
  beforeAll(async () => void (collector = await startCollector()))
  afterAll(() => collector?.stop())

  it('sends spans, evaluation results and metrics, each with what it meant', async () => {
    const meant = await itemsOf(edited)
    const run = await evalspan(['replay', ...edited], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttp,
      OTEL_RESOURCE_ATTRIBUTES: 'team=evals',
    })
    expect(run.code, run.output).toBe(0)

    const ids = meant.flatMap((item) => (item.kind === 'span' ? [item.body.spanId] : []))
    expect(collector.spans.map((span) => span.spanId).toSorted()).toEqual(ids.toSorted())
    expect(collector.spans[0]!.resource).toMatchObject({ 'service.name': 'evalspan', team: 'evals' })

    const records = meant.flatMap((item) => (item.kind === 'log' ? [plainLog(item.body)] : []))
    const received = collector.logs.map(({ traceId, spanId, eventName, time, severity, attributes }) => {
      return { traceId, spanId, eventName, time, severity, attributes }
    })
    expect(received.toSorted(byTime)).toEqual(records.toSorted(byTime))
    expect(records.filter((log) => log.attributes['eval.score.edited'])).toHaveLength(1)

    const tokens = collector.points.filter((point) => point.metric === 'gen_ai.client.token.usage')
    expect(tokens.map(({ attributes, count, sum }) => [attributes['gen_ai.token.type'], count, sum])).toEqual([
      ['input', 2, 40],
      ['output', 2, 14],
    ])
    expect(await collector.scrape()).toMatch(/^eval_sample_completed.*eval_sample_outcome="success".* 2$/m)
  })
})

interface Finished {
  readonly code: number | null
  readonly output: string
}

function evalspan(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...argv], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], EVALSPAN_OUTBOX: 'none', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

function plainSpan(span: SpanBody): Omit<PlainSpan, 'resource'> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: span.kind,
    start: nanoseconds(span.start),
    end: nanoseconds(span.end),
    attributes: span.attributes as PlainSpan['attributes'],
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: nanoseconds(time),
      attributes: attributes as PlainSpan['attributes'],
    })),
    links: span.links as unknown as PlainSpan['links'],
    status: span.error ? { code: 'error', message: span.error.message } : { code: 'unset', message: '' },
    scope: 'evalspan',
  }
}

function plainLog({ traceId, spanId, eventName, time, severity, attributes }: LogBody) {
  return { traceId, spanId, eventName, time: nanoseconds(time), severity: severity.toUpperCase(), attributes }
}

/** Jaeger takes a span without length for an error of its sender: it makes it a nanosecond long, and says so on the span. */
function withoutResource({ resource, ...span }: PlainSpan): Omit<PlainSpan, 'resource'> {
  expect(resource['service.name']).toBe('evalspan')
  const { '@jaeger@warnings': warnings, ...attributes } = span.attributes
  return warnings === undefined ? span : { ...span, attributes, end: span.start }
}

function byId<T extends { readonly spanId: string }>(spans: readonly T[]): T[] {
  return spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1))
}

function byTime(
  a: { readonly time: string; readonly spanId: string },
  b: { readonly time: string; readonly spanId: string },
): number {
  return a.time + a.spanId < b.time + b.spanId ? -1 : 1
}

function nanoseconds([seconds, nanos]: readonly [number, number]): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}
