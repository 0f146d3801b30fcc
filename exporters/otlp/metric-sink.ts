import type { Resource } from '@opentelemetry/resources'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { scope as ownScope, type MetricSink, type Outcome } from '../../src/exporter.ts'
import type { Codec } from './codec.ts'
import type { Deltas } from './delta.ts'
import type { Settings } from './settings.ts'
import { sinkBase } from './sinks.ts'
import type { Wire } from './wire.ts'

export interface MetricSinkOptions {
  readonly settings: Settings
  readonly wire: Wire
  readonly codec: Codec<ResourceMetrics>
  readonly resource: Resource
  readonly intervalMs: number
  /** For a backend that wants deltas. */
  readonly deltas: Deltas | undefined
}

/** Pushes metrics. They carry the id of the store as `service.instance.id`, unless the user gives another. */
export function metricSink({ settings, wire, codec, resource, intervalMs, deltas }: MetricSinkOptions): MetricSink {
  const push = async (metrics: ResourceMetrics, signal: AbortSignal): Promise<Outcome> => {
    const content = deltas ? deltas.since(metrics) : metrics
    if (countPoints(content) === 0) return { status: 'delivered' }
    const { outcome } = await wire.send(codec.encode(content), signal)
    if (outcome.status === 'delivered') deltas?.acknowledge(metrics)
    if (outcome.status !== 'too-large') return outcome
    const points = countPoints(metrics)
    const half = Math.ceil(points / 2)
    if (points === 1) return outcome
    const [first, rest] = [slice(metrics, 0, half), slice(metrics, half, points)]
    return join(
      { outcome: await push(first, signal), points: half },
      { outcome: await push(rest, signal), points: points - half },
    )
  }
  return {
    ...sinkBase(settings, wire),
    intervalMs,
    async send(metrics, { signal, state }) {
      deltas?.load(state)
      const outcome = await push({ ...metrics, resource: metrics.resource.merge(resource) }, signal)
      return deltas && outcome.status === 'delivered' ? { ...outcome, state: deltas.state() } : outcome
    },
    async check(signal) {
      const [{ checkSink }, { testMetric }] = await Promise.all([
        import('./check.ts'),
        import('./check/test-metric.ts'),
      ])
      const encode = (metrics: MetricData[]): Uint8Array =>
        codec.encode({ resource, scopeMetrics: metrics.length === 0 ? [] : [{ scope: ownScope, metrics }] })
      return checkSink({ settings, wire, empty: () => encode([]), test: () => encode([testMetric()]) }, signal)
    },
  }
}

interface Part {
  readonly outcome: Outcome
  readonly points: number
}

const unsettled: ReadonlySet<Outcome['status']> = new Set(['retry', 'blocked', 'unsupported'])

/** The outcome of two halves: what has to be sent again goes before what is refused. */
function join(first: Part, second: Part): Outcome {
  const parts = [first, second]
  const open = parts.map(({ outcome }) => outcome).find(({ status }) => unsettled.has(status))
  if (open) return open
  const rejected = parts.reduce((count, part) => count + rejectedOf(part), 0)
  const reason = parts.map(({ outcome }) => outcome.reason).find((text) => text !== undefined)
  return { status: 'delivered', rejected, reason }
}

function rejectedOf({ outcome, points }: Part): number {
  return outcome.status === 'delivered' ? (outcome.rejected ?? 0) : points
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  return scopeMetrics.flatMap(({ metrics }) => metrics).reduce((count, { dataPoints }) => count + dataPoints.length, 0)
}

/** The data points from one up to another, counted over all metrics. */
function slice({ resource, scopeMetrics }: ResourceMetrics, from: number, to: number): ResourceMetrics {
  let position = 0
  const cut = (metric: MetricData): MetricData => {
    const begin = position
    position += metric.dataPoints.length
    const dataPoints = metric.dataPoints.slice(Math.max(0, from - begin), Math.max(0, to - begin))
    return { ...metric, dataPoints } as MetricData
  }
  const scopes = scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.map(cut).filter(({ dataPoints }) => dataPoints.length > 0),
  }))
  return { resource, scopeMetrics: scopes.filter(({ metrics }) => metrics.length > 0) }
}
