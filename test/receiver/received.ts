import { decode } from './protobuf.ts'

export type Signal = 'traces' | 'metrics' | 'logs'

type Json = Record<string, unknown>

const requestMessages: Record<Signal, string> = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
  logs: 'ExportLogsServiceRequest',
}

/** One request of a client, in the shape of OTLP/JSON whatever came. */
export interface Received {
  readonly signal: Signal
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: number
  /** As it came, for those who search it. */
  readonly raw?: Uint8Array | undefined
  readonly content: Json
}

export function decodeRequest(signal: Signal, bytes: Uint8Array, json: boolean): Json {
  return json ? (JSON.parse(new TextDecoder().decode(bytes)) as Json) : decode(bytes, requestMessages[signal])
}

/** The spans, metrics or log records of a request. */
export function partsOf({ signal, content }: Received): Json[] {
  const names = {
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  }[signal]
  return names.reduce<Json[]>((parents, name) => parents.flatMap((parent) => (parent[name] as Json[]) ?? []), [content])
}

/** `[{ key, value: { stringValue } }]` → `{ key: value }`. */
export function attributesOf(part: Json): Json {
  const pairs = (part['attributes'] as { key: string; value: Json }[] | undefined) ?? []
  return Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]))
}

function valueOf(value: Json): unknown {
  const [[name, content] = []] = Object.entries(value)
  if (name === 'arrayValue') return ((content as { values?: Json[] }).values ?? []).map(valueOf)
  return name === 'intValue' ? Number(content) : content
}
