import { setTimeout as sleep } from 'node:timers/promises'
import { HttpReceiver, type HttpAnswer } from '../receiver/http-receiver.ts'
import { attributesOf, partsOf } from '../receiver/received.ts'
import { spanKey } from '../faults/keys.ts'

const waitMs = 60_000

export interface ArrivedSpan {
  /** In milliseconds since 1970. */
  readonly at: number
  readonly key: string
  readonly name: string
  /** In milliseconds since 1970. */
  readonly end: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** All of it, as it came. */
  readonly content: object
}

interface All {
  readonly spans: readonly object[]
  readonly records: readonly object[]
  readonly totals: Readonly<Record<string, string>>
}

interface Metric {
  readonly name: string
  readonly sum?: { readonly dataPoints?: readonly Point[] }
  readonly histogram?: { readonly dataPoints?: readonly Point[] }
  readonly gauge?: { readonly dataPoints?: readonly Point[] }
}

interface Point {
  readonly [field: string]: unknown
  readonly asInt?: string | number
  readonly asDouble?: number
  readonly count?: string | number
  readonly sum?: number
}

/** An OTLP backend on loopback that takes everything, and notes when what came. */
export class Arrivals {
  readonly spans: ArrivedSpan[] = []
  readonly records: object[] = []
  /** By instrument and attributes: what came last, as metrics are totals. */
  readonly #totals = new Map<string, string>()
  readonly #receiver: HttpReceiver
  #lastMs = performance.now()
  /** What to answer; what is not taken is not noted either. */
  answer: HttpAnswer = 'ok'

  private constructor(receiver: HttpReceiver) {
    this.#receiver = receiver
    receiver.answer = (request) => {
      this.#lastMs = performance.now()
      if (!isTaken(this.answer)) return this.answer
      if (request.signal === 'traces') this.spans.push(...partsOf(request).map(arrivedSpan))
      if (request.signal === 'logs') this.records.push(...partsOf(request))
      if (request.signal === 'metrics') for (const metric of partsOf(request)) this.#take(metric as unknown as Metric)
      return this.answer
    }
  }

  static async start(): Promise<Arrivals> {
    return new Arrivals(await HttpReceiver.start())
  }

  get url(): string {
    return this.#receiver.url
  }

  /** Spans by their name, which may be its beginning. */
  named(name: string): ArrivedSpan[] {
    return this.spans.filter((span) => span.name.startsWith(name))
  }

  get keys(): string[] {
    return this.spans.map(({ key }) => key).toSorted()
  }

  /** All that came, in an order of its own: to compare with what came elsewhere. */
  get all(): All {
    const spans = this.spans.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ content }) => content)
    const records = this.records
      .map((record) => ({ record, text: JSON.stringify(record) }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1))
    return { spans, records: records.map(({ record }) => record), totals: Object.fromEntries(this.#totals) }
  }

  /** Resolves when so many spans of that name are there, and rejects when they are not in a minute. */
  async until(name: string, count = 1): Promise<void> {
    for (const deadline = performance.now() + waitMs; this.named(name).length < count; await sleep(10)) {
      if (performance.now() > deadline)
        throw new Error(`${count} of ${name}: not within ${waitMs / 1000} s; ${this.#names()}`)
    }
  }

  /** Resolves when nothing has come for so long that the last answer has surely been noted. */
  async quiet(ms: number): Promise<void> {
    while (performance.now() - this.#lastMs < ms) await sleep(10)
  }

  async close(): Promise<void> {
    await this.#receiver.close()
  }

  #take({ name, sum, histogram, gauge }: Metric): void {
    // What evalspan says of its own work depends on how it was done.
    if (name.startsWith('evalspan.')) return
    for (const point of (sum ?? histogram ?? gauge)?.dataPoints ?? []) {
      const { asInt, asDouble, count = 0, sum: total = 0 } = point
      const value = asInt ?? asDouble ?? `${count}, ${Number(total.toFixed(6))}`
      this.#totals.set(`${name} ${JSON.stringify(attributesOf(point))}`, String(value))
    }
  }

  #names(): string {
    return this.spans.map(({ name }) => name).join(', ')
  }
}

function isTaken(answer: HttpAnswer): boolean {
  return answer === 'ok' || (typeof answer === 'object' && 'afterMs' in answer)
}

function arrivedSpan(part: Record<string, unknown>): ArrivedSpan {
  return {
    at: Date.now(),
    key: spanKey(part as { traceId: unknown; spanId: unknown }),
    name: String(part['name']),
    end: Number(BigInt(String(part['endTimeUnixNano'])) / 1_000_000n),
    attributes: attributesOf(part),
    content: part,
  }
}
