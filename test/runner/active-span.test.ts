import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { context, metrics, trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { generate, scorer, span, useTools, type TaskOptions } from '../../src/index.ts'
import type { SpanBody } from '../../src/delivery/item.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { spansOf } from '../telemetry/render.ts'
import { HttpReceiver } from '../receiver/http-receiver.ts'
import { call, say, startOpenAiServer } from './openai-server.ts'
import { aTask, run } from './run.ts'
import { failing } from './scenarios.ts'

// A program that has set up OpenTelemetry, and whose HTTP client is instrumented.
const exporter = new InMemorySpanExporter()
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new UndiciInstrumentation()],
})
const server = createServer((_request, response) => response.end('fine'))
let address: string

beforeAll(async () => {
  sdk.start()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await sdk.shutdown()
  for (const api of [context, trace, metrics]) api.disable()
  server.closeAllConnections()
  server.close()
})

afterEach(() => {
  exporter.reset()
  delete process.env['EVALSPAN_TRACE_SHAPE']
  delete process.env['OTEL_TRACES_SAMPLER']
})

async function ask(path: string): Promise<string> {
  return await (await fetch(`${address}/${path}`)).text()
}

const look = {
  description: 'Looks',
  inputSchema: { type: 'object', properties: { where: { type: 'string' } } },
  execute: ({ where }: { where: string }) => ask(`tool-${where}`),
}

/** HTTP requests are made everywhere where code of a user runs. */
async function everywhere(
  model: TaskOptions['model'],
): Promise<{ http: readonly ReadableSpan[]; ours: readonly SpanBody[] }> {
  const { events, logs } = await run(
    aTask({
      model,
      sandbox: { init: () => ask('sandbox').then(() => {}) },
      solver: [
        useTools({ look }),
        async function asking(state) {
          await ask('solver')
          await span('inner', () => ask('span'))
          return state
        },
        generate(),
      ],
      scorer: scorer('judge', { metrics: [] }, async () => ({ value: await ask('scorer') })),
      cleanup: () => ask('cleanup').then(() => {}),
    }),
  )
  expect(logs[0]!.status).toBe('success')
  const mapping = new Mapping(telemetrySettings())
  const ours = spansOf(events.flatMap((event) => mapping.map(event).items))
  return { http: exporter.getFinishedSpans().filter(({ name }) => /^(GET|POST)$/.test(name)), ours }
}

/** What each request hangs below, of the spans that are exported for the run. */
function parents(http: readonly ReadableSpan[], ours: readonly SpanBody[]): { [path: string]: string } {
  const entries = http.map(({ attributes, parentSpanContext: parent }) => {
    const path = String(attributes['url.path'])
    const found = ours.find(({ traceId, spanId }) => traceId === parent?.traceId && spanId === parent.spanId)
    return [path, found?.name ?? 'nothing that is exported'] as const
  })
  return Object.fromEntries(entries)
}

const expected = {
  '/sandbox': 'init',
  '/solver': 'solver asking',
  '/span': 'inner',
  '/v1/chat/completions': 'chat small',
  '/tool-a': 'execute_tool look',
  '/tool-b': 'execute_tool look',
  '/scorer': 'scorer judge',
  '/cleanup': 'eval_attempt',
}

describe('requests of code that runs in a sample', () => {
  const twoTools = () =>
    startOpenAiServer([
      call(
        { id: 'a', name: 'look', arguments: '{"where":"a"}' },
        { id: 'b', name: 'look', arguments: '{"where":"b"}' },
      ),
      say('4'),
    ])
  const compatible = (url: string) => createOpenAICompatible({ name: 'lab', baseURL: url }).chatModel('small')

  it('hang below the spans that are exported for what made them, in the trace of the sample', async () => {
    await using openAi = await twoTools()
    const { http, ours } = await everywhere(compatible(openAi.url))
    expect(parents(http, ours)).toEqual(expected)
    const root = ours.find(({ name }) => name === 'eval_sample arithmetic')!
    expect(new Set(http.map((each) => each.spanContext().traceId))).toEqual(new Set([root.traceId]))
  })

  it('do so where all is in one trace', async () => {
    process.env['EVALSPAN_TRACE_SHAPE'] = 'run'
    await using openAi = await twoTools()
    const { http, ours } = await everywhere(compatible(openAi.url))
    expect(parents(http, ours)).toEqual(expected)
    expect(new Set([...ours, ...http.map((each) => each.spanContext())].map(({ traceId }) => traceId)).size).toBe(1)
  })

  it('tell two calls of a tool apart', async () => {
    await using openAi = await twoTools()
    const { http } = await everywhere(compatible(openAi.url))
    const ofTools = http.filter(({ attributes }) => String(attributes['url.path']).startsWith('/tool-'))
    expect(new Set(ofTools.map(({ parentSpanContext: parent }) => parent?.spanId)).size).toBe(2)
  })

  it('belong to the attempt that made them', async () => {
    await using openAi = await startOpenAiServer([say('4')])
    const model = compatible(openAi.url)
    const { events } = await run(aTask({ model, retryOnError: 1, solver: [generate(), failing(1)] }))
    const mapping = new Mapping(telemetrySettings())
    const ours = spansOf(events.flatMap((event) => mapping.map(event).items))
    const http = exporter.getFinishedSpans().filter(({ name }) => name === 'POST')
    const chats = ours.filter(({ name }) => name === 'chat small').map(({ spanId }) => spanId)
    expect(new Set(http.map(({ parentSpanContext: parent }) => parent?.spanId))).toEqual(new Set(chats))
    expect(chats).toHaveLength(2)
  })

  it('are not recorded where their sample is not', async () => {
    process.env['OTEL_TRACES_SAMPLER'] = 'always_off'
    await using openAi = await twoTools()
    expect((await everywhere(compatible(openAi.url))).http).toEqual([])
  })

  it('belong to no sample when they are made outside of one', async () => {
    await run(aTask())
    await ask('outside')
    const [http] = exporter.getFinishedSpans().filter(({ name }) => name === 'GET')
    expect(http!.parentSpanContext).toBe(undefined)
  })

  it('are the only ones: what delivers spans is not traced itself', async () => {
    const receiver = await HttpReceiver.start()
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url
    await run(aTask({ solver: async (state) => (await ask('solver'), state) }))
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
    await receiver.close()
    const paths = exporter.getFinishedSpans().map(({ attributes }) => attributes['url.path'])
    expect(receiver.requests).toBeGreaterThan(0)
    expect(paths).toEqual(['/solver'])
  })
})
