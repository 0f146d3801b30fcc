import type { ModelUsage } from '../inspect/records.ts'

/** Tokens as OpenTelemetry counts them: the input includes what was read from and written to the provider's cache. */
export interface TokenUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number | undefined
  readonly cacheWrite: number | undefined
  readonly reasoning: number | undefined
  /** US dollars, when Inspect knows the price. */
  readonly cost: number | undefined
}

export function tokenUsage(usage: ModelUsage): TokenUsage {
  const read = usage.input_tokens_cache_read
  const write = usage.input_tokens_cache_write
  const cached = (read ?? 0) + (write ?? 0)
  // Until Inspect 0.3.184 some providers counted cached tokens as input already; the total then gives it away.
  const included = cached > 0 && usage.total_tokens === usage.input_tokens + usage.output_tokens
  return {
    input: usage.input_tokens + (included ? 0 : cached),
    output: usage.output_tokens,
    cacheRead: read,
    cacheWrite: write,
    reasoning: usage.reasoning_tokens,
    cost: usage.total_cost,
  }
}

/** Over all models of a sample or task; undefined when none was used. */
export function totalUsage(
  byModel: { readonly [model: string]: ModelUsage } | undefined,
): Pick<TokenUsage, 'input' | 'output' | 'cost'> | undefined {
  const usages = Object.values(byModel ?? {}).map(tokenUsage)
  if (usages.length === 0) return undefined
  return usages.reduce<Pick<TokenUsage, 'input' | 'output' | 'cost'>>(
    (sum, usage) => ({
      input: sum.input + usage.input,
      output: sum.output + usage.output,
      cost: usage.cost === undefined ? sum.cost : (sum.cost ?? 0) + usage.cost,
    }),
    { input: 0, output: 0, cost: undefined },
  )
}
