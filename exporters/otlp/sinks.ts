import { createHash } from 'node:crypto'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import {
  logLimits,
  messageOf,
  spanLimits,
  toReadableLogRecord,
  toReadableSpan,
  type Item,
  type ItemKind,
  type LogBody,
  type Outcome,
  type Sink,
  type SpanBody,
} from '../../src/exporter.ts'
import type { Codec, Codecs } from './codec.ts'
import type { Settings } from './settings.ts'
import { isSwitchedOff } from './signal.ts'
import { testRecord } from './check/test-record.ts'
import { testSpan } from './check/test-span.ts'
import type { TraceLinks } from './links/trace-links.ts'
import type { Wire } from './wire.ts'

/** gRPC servers take 4 MiB at most unless told otherwise. */
const limits = { items: 1_000, bytes: 3 * 2 ** 20 }
/** The wire has a timeout of its own, and says more when it runs out. */
const spareMs = 5_000

export function traceSink(
  settings: Settings,
  wire: Wire,
  codecs: Codecs,
  resource: Resource,
  links: TraceLinks,
): Sink<'span'> {
  const most = spanLimits()
  const convert = (body: SpanBody): ReadableSpan => toReadableSpan(body, resource, most)
  return {
    ...itemSink('span', settings, wire, codecs.traces, ({ body }) => convert(body)),
    link: (object) => links.linkTo(object),
    async check(signal) {
      const { checkSink } = await import('./check.ts')
      const body = testSpan()
      const encode = (spans: ReadableSpan[]): Uint8Array => codecs.traces.encode(spans)
      const trace = { id: body.traceId, links }
      return checkSink({ settings, wire, empty: () => encode([]), test: () => encode([convert(body)]), trace }, signal)
    },
  }
}

export function logSink(settings: Settings, wire: Wire, codecs: Codecs, resource: Resource): Sink<'log'> {
  const most = logLimits()
  const convert = (body: LogBody): ReadableLogRecord => toReadableLogRecord(body, resource, most)
  return {
    ...itemSink('log', settings, wire, codecs.logs, ({ body }) => convert(body)),
    async check(signal) {
      const { checkSink } = await import('./check.ts')
      const encode = (records: ReadableLogRecord[]): Uint8Array => codecs.logs.encode(records)
      const test = (): Uint8Array => encode([convert(testRecord())])
      return checkSink({ settings, wire, empty: () => encode([]), test }, signal)
    },
  }
}

/** What all sinks of OTLP have in common. */
export function sinkBase(settings: Settings, wire: Wire): SinkBase {
  const { signal, url, protocol, timeoutMs } = settings
  const name = `otlp/${signal}`
  const hash = createHash('sha256').update(`${url.href}|${protocol}`).digest('hex').slice(0, 8)
  return {
    name,
    enabled: () => !isSwitchedOff(signal, process.env),
    destination: () => `${name}:${hash}`,
    address: wire.address,
    timeoutMs: timeoutMs + spareMs,
    close: () => wire.close(),
  }
}

interface SinkBase {
  readonly name: string
  readonly timeoutMs: number
  enabled(): boolean
  destination(): string
  readonly address: string
  close(): Promise<void>
}

function itemSink<K extends ItemKind, T>(
  kind: K,
  settings: Settings,
  wire: Wire,
  codec: Codec<T[]>,
  convert: (item: Item<K>) => T,
): Sink<K> {
  return {
    ...sinkBase(settings, wire),
    takes: [kind],
    release: 'item',
    limits,
    async send(batch, { signal }): Promise<Outcome> {
      let bytes: Uint8Array
      try {
        bytes = codec.encode(batch.map(convert))
      } catch (error) {
        // Smaller batches find the one item at fault, which alone is rejected then.
        return { status: 'too-large', reason: `cannot be encoded: ${messageOf(error)}` }
      }
      return (await wire.send(bytes, signal)).outcome
    },
  }
}
