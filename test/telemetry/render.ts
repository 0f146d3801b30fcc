import type { Attributes, HrTime, Item, SpanBody } from '../../src/delivery/item.ts'
import { Mapping } from '../../src/telemetry/mapping.ts'
import { telemetrySettings } from '../../src/telemetry/settings.ts'
import { replay, type ReplayOptions } from '../../src/sources/replay.ts'

/** All items that a replay of these paths gives. */
export async function itemsOf(
  paths: readonly string[],
  options: Partial<ReplayOptions> & { readonly env?: NodeJS.ProcessEnv; readonly seal?: boolean } = {},
): Promise<Item[]> {
  const mapping = new Mapping(telemetrySettings(options.env ?? {}))
  const items: Item[] = []
  const events = replay(paths, {
    onProblem: (error) => {
      throw error
    },
    to: {
      taskLog: (log) => void items.push(...mapping.taskLog(log).items),
      sampleReused: (log) => mapping.sampleReused(log),
    },
    ...options,
  })
  for await (const event of events) items.push(...mapping.map(event).items)
  if (options.seal) items.push(...mapping.seal([0, 0]).items)
  return items
}

export function spansOf(items: readonly Item[]): SpanBody[] {
  return items.flatMap((item) => (item.kind === 'span' ? [item.body] : []))
}

export function named(items: readonly Item[], name: string): SpanBody[] {
  return spansOf(items).filter((span) => span.name === name)
}

export interface RenderOptions {
  readonly ids?: boolean
  readonly times?: boolean
  readonly attributes?: boolean
}

/** Trees with all attributes, then the event records, then what the metrics are told. */
export function renderItems(items: readonly Item[]): string {
  const logs = items.flatMap((item) => (item.kind === 'log' ? [item] : []))
  return [
    renderTree(spansOf(items), { attributes: true }),
    ...logs.map(({ id, body }) =>
      [`log ${id} ${body.eventName} in ${body.spanId}`, ...renderAttributes(body.attributes, '    ')].join('\n'),
    ),
    renderMeasurements(items),
    '',
  ].join('\n\n')
}

/** Measurements by instrument and attributes: how many, and their sum; durations are left to the trees. */
export function renderMeasurements(items: readonly Item[]): string {
  const sums = new Map<string, { count: number; sum: number }>()
  for (const { instrument, value, attributes } of items.flatMap((item) => item.measurements ?? [])) {
    const key = `${instrument.name} ${JSON.stringify(attributes)}`
    const { count, sum } = sums.get(key) ?? { count: 0, sum: 0 }
    sums.set(key, { count: count + 1, sum: sum + value })
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { count, sum }]) => `${key}: ${count} × = ${Number(sum.toFixed(6))}`)
    .join('\n')
}

/** Spans as an indented tree, one trace after another, in order of start; each line is a span. */
export function renderTree(spans: readonly SpanBody[], options: RenderOptions = {}): string {
  const traces = Map.groupBy(spans, (span) => span.traceId)
  return [...traces]
    .map(([id, trace]) => `${options.ids === false ? '' : `trace ${id}\n`}${renderTrace(trace, options)}`)
    .join('\n\n')
}

function renderTrace(trace: readonly SpanBody[], options: RenderOptions): string {
  const sorted = trace.toSorted(
    (a, b) => compare(a.start, b.start) || compare(b.end, a.end) || (a.name < b.name ? -1 : 1),
  )
  const ids = new Set(sorted.map((span) => span.spanId))
  const origin = sorted[0]!.start
  const lines: string[] = []
  const visit = (span: SpanBody, depth: number): void => {
    lines.push(renderSpan(span, depth, origin, options))
    for (const child of sorted) if (child.parentSpanId === span.spanId) visit(child, depth + 1)
  }
  for (const span of sorted) {
    if (span.parentSpanId === undefined) visit(span, 0)
    else if (!ids.has(span.parentSpanId)) lines.push(`!! parent missing: ${span.name}`)
  }
  return lines.join('\n')
}

function renderSpan(
  span: SpanBody,
  depth: number,
  origin: HrTime,
  { ids = true, times = true, attributes = false }: RenderOptions,
): string {
  const indent = '  '.repeat(depth)
  const parts = [`${indent}${span.name}`]
  if (ids) parts.push(span.spanId)
  if (span.kind !== 'internal') parts.push(`(${span.kind})`)
  if (times) parts.push(`${milliseconds(origin, span.start)}–${milliseconds(origin, span.end)}`)
  if (span.error) parts.push(`ERROR ${String(span.attributes['error.type'])}: ${span.error.message.slice(0, 60)}`)
  if (span.attributes['eval.span.incomplete'] || span.attributes['eval.incomplete']) parts.push('incomplete')
  const lines = [parts.join(' ')]
  if (attributes) lines.push(...renderAttributes(span.attributes, `${indent}    `))
  for (const event of span.events) {
    lines.push(`${indent}  · ${event.name} ${milliseconds(origin, event.time)} ${JSON.stringify(event.attributes)}`)
  }
  for (const link of span.links) lines.push(`${indent}  → ${JSON.stringify(link.attributes)}`)
  return lines.join('\n')
}

function renderAttributes(attributes: Attributes, indent: string): string[] {
  return Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${indent}${name}=${JSON.stringify(value)}`)
}

function compare(a: HrTime, b: HrTime): number {
  return a[0] - b[0] || a[1] - b[1]
}

function milliseconds(origin: HrTime, time: HrTime): string {
  return ((time[0] - origin[0]) * 1000 + (time[1] - origin[1]) / 1e6).toFixed(1)
}
