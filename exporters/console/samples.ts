import type { Item, SpanBody } from '../../src/exporter.ts'
import { addUsage, isSampleSpan, noUsage, partOf, sampleOf, type Part, type Sample, type Usage } from './sample.ts'

/** Puts samples together from their spans, which come one by one and before their parents. */
export class Samples {
  /** By trace, then by span id: what is there of samples in progress. */
  readonly #open = new Map<string, Map<string, Part>>()
  /** Samples that are over: a second log may tell of them again. */
  readonly #over = new Set<string>()

  /** Takes a span; returns the sample if this was its last one. */
  add(item: Item<'span'>): Sample | undefined {
    const span = item.body
    if (isSampleSpan(span)) return this.#end(item.object, span)
    if (isOfRun(span) || this.#over.has(item.object)) return undefined
    const parts = this.#open.get(item.object) ?? new Map<string, Part>()
    this.#open.set(item.object, parts)
    if (!parts.has(span.spanId)) parts.set(span.spanId, partOf(span))
    return undefined
  }

  /** Traces with samples that are not over. */
  get inProgress(): number {
    return this.#open.size
  }

  /** Of the samples in progress. */
  usage(): Usage {
    let usage = noUsage
    for (const parts of this.#open.values()) for (const part of parts.values()) usage = addUsage(usage, part.usage)
    return usage
  }

  #end(trace: string, span: SpanBody): Sample | undefined {
    const ownTrace = span.parentSpanId === undefined
    const key = ownTrace ? trace : `${trace}/${span.spanId}`
    if (this.#over.has(key)) return undefined
    this.#over.add(key)
    const parts = this.#open.get(trace) ?? new Map<string, Part>()
    const own = ownTrace ? [...parts.values()] : takeBelow(span.spanId, parts)
    if (ownTrace || parts.size === 0) this.#open.delete(trace)
    return sampleOf(span, own)
  }
}

function isOfRun(span: SpanBody): boolean {
  return /^eval_(?:set|run|task)(?: |$)/.test(span.name)
}

/** Where all samples of a run share a trace, a sample is what hangs below its span. */
function takeBelow(root: string, parts: Map<string, Part>): Part[] {
  const childrenOf = Map.groupBy(parts.values(), (part) => part.step.parentId)
  const taken: Part[] = []
  const parents = [root]
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const child of childrenOf.get(parent) ?? []) {
      if (!parts.delete(child.step.id)) continue
      taken.push(child)
      parents.push(child.step.id)
    }
  }
  return taken
}
