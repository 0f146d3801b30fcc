import type { ModelUsage } from '../../inspect/records.ts'
import { tokenUsage, totalUsage } from '../../telemetry/usage.ts'

/** What model calls come to. */
export interface Counts {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly calls: number
  readonly cacheHits: number
  /** US dollars; NaN when no call had a price. */
  readonly cost: number
}

export const noCounts: Counts = { inputTokens: 0, outputTokens: 0, calls: 0, cacheHits: 0, cost: Number.NaN }

export function countsOf(usage: ModelUsage | undefined, counts: { calls?: number; cacheHits?: number } = {}): Counts {
  return { ...noCounts, ...counts, ...(usage ? fields(tokenUsage(usage)) : {}) }
}

export function countsByModel(usage: { readonly [model: string]: ModelUsage } | undefined): Counts {
  const total = totalUsage(usage)
  return { ...noCounts, ...(total ? fields(total) : {}) }
}

export function tokensOf({ inputTokens, outputTokens }: Counts): number {
  return inputTokens + outputTokens
}

export function add(a: Counts, b: Counts): Counts {
  return combine(a, b, (left, right) => left + right)
}

/** What `a` has more than `b`. */
export function excess(a: Counts, b: Counts): Counts {
  const rest = combine(a, b, (left, right) => Math.max(0, left - right))
  return Number.isNaN(a.cost) ? { ...rest, cost: Number.NaN } : rest
}

/** The higher one of each. */
export function highest(a: Counts, b: Counts): Counts {
  return combine(a, b, Math.max)
}

function combine(a: Counts, b: Counts, of: (a: number, b: number) => number): Counts {
  return {
    inputTokens: of(a.inputTokens, b.inputTokens),
    outputTokens: of(a.outputTokens, b.outputTokens),
    calls: of(a.calls, b.calls),
    cacheHits: of(a.cacheHits, b.cacheHits),
    cost: Number.isNaN(a.cost) ? b.cost : Number.isNaN(b.cost) ? a.cost : of(a.cost, b.cost),
  }
}

function fields({ input, output, cost }: { input: number; output: number; cost: number | undefined }) {
  return { inputTokens: finite(input, 0), outputTokens: finite(output, 0), cost: finite(cost, Number.NaN) }
}

/** Numbers past 2^53 are strings in our data, and anything may be NaN. */
function finite(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}
