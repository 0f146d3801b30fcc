import type { SpanBeginEvent } from '../inspect/records.ts'
import type { HrTime } from '../time.ts'
import { spanId } from './ids.ts'

/** The spans of Inspect's transcript in one attempt: their begins and ends, as far as they have come. */
export class TranscriptSpans {
  /** Our id of the span that they are in: the attempt's. */
  readonly outer: string
  readonly #traceId: string
  readonly #begins = new Map<string, SpanBeginEvent>()
  readonly #ends = new Map<string, HrTime>()
  readonly #ids = new Map<string, string>()
  /** Ids that a begin named as its parent. */
  readonly #parents = new Set<string>()
  /** By span: its innermost agent, once no begin that comes later can change it. */
  readonly #agents = new Map<string, SpanBeginEvent | undefined>()
  /** Ids of those that have been given out. */
  readonly #given = new Set<string>()

  constructor(traceId: string, outer: string) {
    this.#traceId = traceId
    this.outer = outer
  }

  /** Ids of those whose begin is known. */
  get ids(): string[] {
    return [...this.#begins.keys()]
  }

  /** Ids of those that have ended without a begin, in the order of their ends. */
  get lostIds(): string[] {
    return [...this.#ends.keys()].filter((id) => !this.#begins.has(id))
  }

  /** False when it was known before. */
  begin(event: SpanBeginEvent): boolean {
    if (this.#begins.has(event.id)) return false
    const { parent_id, ...others } = event
    this.#begins.set(event.id, this.#isCircular(event) ? others : event)
    if (parent_id !== undefined) this.#parents.add(parent_id)
    return true
  }

  end(id: string, time: HrTime): void {
    this.#ends.set(id, time)
  }

  beginOf(id: string | undefined): SpanBeginEvent | undefined {
    return id === undefined ? undefined : this.#begins.get(id)
  }

  endOf(id: string | undefined): HrTime | undefined {
    return id === undefined ? undefined : this.#ends.get(id)
  }

  /** Our id of the span. */
  idOf(id: string): string {
    let own = this.#ids.get(id)
    if (own === undefined) this.#ids.set(id, (own = spanId(this.#traceId, 'span', id)))
    return own
  }

  /** Our id of what is in that span, or in none; undefined while the span is unknown. */
  enclosing(id: string | undefined): string | undefined {
    if (id === undefined) return this.outer
    return this.beginOf(id) && this.idOf(id)
  }

  isGiven(id: string): boolean {
    return this.#given.has(id)
  }

  /** It is given out now, by itself or as one with another. */
  give(id: string): void {
    this.#given.add(id)
  }

  /** The innermost agent around, or the span itself if it is one. */
  agentOf(id: string | undefined): SpanBeginEvent | undefined {
    const passed: string[] = []
    let begin = this.beginOf(id)
    while (begin && begin.type !== 'agent' && begin.parent_id !== undefined && !this.#agents.has(begin.id)) {
      passed.push(begin.id)
      begin = this.beginOf(begin.parent_id)
    }
    if (!begin) return undefined
    const agent = begin.type === 'agent' ? begin : this.#agents.get(begin.id)
    for (const each of passed) this.#agents.set(each, agent)
    return agent
  }

  /** A damaged log may make a span its own ancestor, which no tree can show. */
  #isCircular({ id, parent_id }: SpanBeginEvent): boolean {
    if (parent_id === id) return true
    // What is nobody's parent yet closes no circle, which spares a long walk for each of many spans within each other.
    if (!this.#parents.has(id)) return false
    for (let ancestor = parent_id; ancestor !== undefined; ancestor = this.beginOf(ancestor)?.parent_id) {
      if (ancestor === id) return true
    }
    return false
  }
}
