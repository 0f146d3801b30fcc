import { createHash } from 'node:crypto'
import { attributesOf, partsOf, type Received } from '../receiver/received.ts'
import { logKey, spanKey } from './keys.ts'

/** One time that a backend took a span or a log record. */
export interface Taking {
  readonly digest: string
  readonly request: TakenRequest
}

/** A request that a backend took. */
export interface TakenRequest {
  readonly signal: Received['signal']
  /** In the order of arrival, over all signals. */
  readonly number: number
  /** By `performance.now()`. */
  readonly takenAt: number
  /** The backend never gave its answer, or cut it off. */
  lost: boolean
}

type Json = Record<string, unknown>

/** Everything that a backend took, with how often. */
export class Ledger {
  readonly spans = new Map<string, Taking[]>()
  readonly logs = new Map<string, Taking[]>()
  readonly requests: TakenRequest[] = []
  /** Values of metrics by name and series, the latest ones. */
  readonly #metrics = new Map<string, Map<string, number>>()

  /** Keeps all parts of a request but the last so many. */
  take(received: Received, but = 0): TakenRequest {
    const { signal } = received
    const request = { signal, number: this.requests.length, takenAt: performance.now(), lost: false }
    this.requests.push(request)
    const parts = partsOf(received)
    if (signal === 'metrics') this.#takeMetrics(received)
    else for (const part of parts.slice(0, parts.length - but)) this.#takePart(part, request)
    return request
  }

  /** The sum of a counter over its series, as pushed last. */
  count(metric: string): number {
    return [...(this.#metrics.get(metric)?.values() ?? [])].reduce((sum, value) => sum + value, 0)
  }

  /** Names of all metrics that came, with the sums of their series. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#metrics.keys()].toSorted().map((name) => [name, this.count(name)]))
  }

  #takePart(part: Json, request: TakenRequest): void {
    const { observedTimeUnixNano: _, ...content } = part
    const digest = createHash('sha1').update(JSON.stringify(content)).digest('hex')
    const isSpan = request.signal === 'traces'
    const key = isSpan
      ? spanKey(part as never)
      : logKey({ traceId: part['traceId'], spanId: part['spanId'], attributes: attributesOf(part) })
    const all = isSpan ? this.spans : this.logs
    const takings = all.get(key) ?? []
    all.set(key, [...takings, { digest, request }])
  }

  #takeMetrics({ content }: Received): void {
    for (const resource of content['resourceMetrics'] as Json[]) {
      const instance = attributesOf((resource['resource'] as Json | undefined) ?? {})['service.instance.id']
      for (const metric of (resource['scopeMetrics'] as Json[]).flatMap((scope) => scope['metrics'] as Json[])) {
        const name = metric['name'] as string
        const series = this.#metrics.get(name) ?? new Map<string, number>()
        this.#metrics.set(name, series)
        for (const point of pointsOf(metric)) {
          series.set(JSON.stringify([instance, attributesOf(point)]), valueOf(point))
        }
      }
    }
  }
}

function pointsOf(metric: Json): Json[] {
  const data = (metric['sum'] ?? metric['gauge'] ?? metric['histogram'] ?? {}) as { dataPoints?: Json[] }
  return data.dataPoints ?? []
}

/** Of a histogram the number of its values. */
function valueOf(point: Json): number {
  return Number(point['asInt'] ?? point['asDouble'] ?? point['count'] ?? 0)
}
