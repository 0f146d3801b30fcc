/**
 * OTLP in its JSON encoding (opentelemetry-proto 1.x) as flat plain values to compare in tests. Integers that are safe
 * numbers become numbers; times stay nanoseconds since 1970, as decimal strings.
 */

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }
export type PlainAttributes = { [name: string]: Plain }

export interface PlainSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly name: string
  /** `internal`, `server`, `client`, `producer`, `consumer`. */
  readonly kind: string
  readonly start: string
  readonly end: string
  readonly attributes: PlainAttributes
  readonly events: { name: string; time: string; attributes: PlainAttributes }[]
  readonly links: { traceId: string; spanId: string; attributes: PlainAttributes }[]
  readonly status: { code: 'unset' | 'ok' | 'error'; message: string }
  readonly scope: string
  readonly resource: PlainAttributes
}

export interface PlainLog {
  readonly traceId: string
  readonly spanId: string
  readonly eventName: string
  readonly time: string
  readonly severity: string
  readonly body: Plain
  readonly attributes: PlainAttributes
  readonly scope: string
  readonly resource: PlainAttributes
}

export interface PlainPoint {
  readonly metric: string
  readonly description: string
  readonly unit: string
  /** `sum`, `gauge`, `histogram`, `exponentialHistogram`. */
  readonly type: string
  /** `delta` or `cumulative`; empty for a gauge. */
  readonly temporality: string
  readonly monotonic: boolean
  readonly start: string
  readonly time: string
  readonly attributes: PlainAttributes
  /** Of a sum or gauge. */
  readonly value?: number
  /** Of a histogram. */
  readonly count?: number
  readonly sum?: number
  readonly bounds?: number[]
  readonly buckets?: number[]
  readonly scope: string
  readonly resource: PlainAttributes
}

/** The JSON of a request as it comes: everything may be left out. */
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any

const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const statusCodes = ['unset', 'ok', 'error'] as const
const temporalities = ['', 'delta', 'cumulative']

/** The spans of `{ resourceSpans }`, in the order they come. */
export function plainSpans(request: Loose): PlainSpan[] {
  return flatten(request?.resourceSpans, 'scopeSpans', 'spans').map(({ record, scope, resource }) => ({
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.parentSpanId ?? '',
    name: record.name ?? '',
    kind: spanKinds[record.kind ?? 0] ?? String(record.kind),
    start: record.startTimeUnixNano,
    end: record.endTimeUnixNano,
    attributes: plainAttributes(record.attributes),
    events: (record.events ?? []).map((event: Loose) => ({
      name: event.name ?? '',
      time: event.timeUnixNano,
      attributes: plainAttributes(event.attributes),
    })),
    links: (record.links ?? []).map((link: Loose) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: plainAttributes(link.attributes),
    })),
    status: { code: statusCodes[(record.status?.code ?? 0) as 0 | 1 | 2], message: record.status?.message ?? '' },
    scope,
    resource,
  }))
}

/** The records of `{ resourceLogs }`, in the order they come. */
export function plainLogs(request: Loose): PlainLog[] {
  return flatten(request?.resourceLogs, 'scopeLogs', 'logRecords').map(({ record, scope, resource }) => ({
    traceId: record.traceId ?? '',
    spanId: record.spanId ?? '',
    eventName: record.eventName ?? '',
    time: record.timeUnixNano ?? '0',
    severity: record.severityText ?? '',
    body: plainValue(record.body),
    attributes: plainAttributes(record.attributes),
    scope,
    resource,
  }))
}

/** The data points of `{ resourceMetrics }`, in the order they come. */
export function plainPoints(request: Loose): PlainPoint[] {
  return flatten(request?.resourceMetrics, 'scopeMetrics', 'metrics').flatMap(({ record, scope, resource }) => {
    const type = ['sum', 'gauge', 'histogram', 'exponentialHistogram'].find((name) => record[name] !== undefined) ?? ''
    const data = record[type] ?? {}
    return (data.dataPoints ?? []).map((point: Loose) => ({
      metric: record.name,
      description: record.description ?? '',
      unit: record.unit ?? '',
      type,
      temporality: temporalities[data.aggregationTemporality ?? 0],
      monotonic: data.isMonotonic ?? false,
      start: point.startTimeUnixNano ?? '0',
      time: point.timeUnixNano,
      attributes: plainAttributes(point.attributes),
      ...plainMeasure(type, point),
      scope,
      resource,
    }))
  })
}

function plainMeasure(type: string, point: Loose): Partial<PlainPoint> {
  return type === 'sum' || type === 'gauge'
    ? { value: Number(point.asDouble ?? point.asInt ?? 0) }
    : {
        count: Number(point.count ?? 0),
        sum: point.sum ?? 0,
        bounds: point.explicitBounds ?? [],
        buckets: (point.bucketCounts ?? []).map(Number),
      }
}

function flatten(
  resources: Loose,
  scopesKey: string,
  recordsKey: string,
): { record: Loose; scope: string; resource: PlainAttributes }[] {
  return (resources ?? []).flatMap((holder: Loose) =>
    (holder[scopesKey] ?? []).flatMap((group: Loose) =>
      (group[recordsKey] ?? []).map((record: Loose) => ({
        record,
        scope: group.scope?.name ?? '',
        resource: plainAttributes(holder.resource?.attributes),
      })),
    ),
  )
}

function plainAttributes(list: Loose): PlainAttributes {
  return Object.fromEntries((list ?? []).map(({ key, value }: Loose) => [key, plainValue(value)]))
}

function plainValue(value: Loose): Plain {
  if (value?.intValue !== undefined) {
    const number = Number(value.intValue)
    return Number.isSafeInteger(number) ? number : String(value.intValue)
  }
  if (value?.arrayValue !== undefined) {
    return (value.arrayValue.values ?? []).map(plainValue)
  }
  if (value?.kvlistValue !== undefined) {
    return plainAttributes(value.kvlistValue.values)
  }
  return value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue ?? null
}
