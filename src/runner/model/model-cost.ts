import { inspect } from 'node:util'
import { isObject } from '../../hooks/is-object.ts'
import type { ModelUsage } from '../../inspect/records.ts'
import { badOption } from '../options/bad-option.ts'

/** The price of a model in US dollars for a million tokens, as Inspect's `ModelCost`. */
export interface ModelCost {
  readonly input: number
  readonly output: number
  /** Tokens that were read from the provider's cache; they cost nothing when left out. */
  readonly inputCacheRead?: number | undefined
  readonly inputCacheWrite?: number | undefined
}

/** By names of models: `openai/gpt-4o`. */
export interface ModelCosts {
  readonly [model: string]: ModelCost
}

const needed = ['input', 'output'] as const
const optional = ['inputCacheRead', 'inputCacheWrite'] as const
const names: ReadonlySet<string> = new Set([...needed, ...optional])

/** Throws a `BAD_OPTION` error that names the price. */
export function checkModelCosts(costs: unknown): void {
  if (costs === undefined) return
  const form = "give prices by model, such as { 'openai/gpt-4o': { input: 2.5, output: 10 } }"
  if (!isObject(costs) || Array.isArray(costs)) throw badOption(`modelCosts: ${inspect(costs)} is no object; ${form}`)
  for (const [model, cost] of Object.entries(costs)) {
    const where = `modelCosts['${model}']`
    if (!isObject(cost) || Array.isArray(cost)) throw badOption(`${where}: ${inspect(cost)} is no object; ${form}`)
    const unknown = Object.keys(cost).find((name) => !names.has(name))
    if (unknown !== undefined) throw badOption(`${where} has no '${unknown}'; it has ${[...names].join(', ')}`)
    for (const name of [...needed, ...optional]) {
      const value = cost[name]
      if (value === undefined && optional.some((each) => each === name)) continue
      if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
        throw badOption(`${where}.${name} is ${inspect(value)}; give US dollars for a million tokens, from 0 on`)
      }
    }
  }
}

/** The price of the model of that name; undefined where nobody has told it. */
export function costOf(costs: ModelCosts | undefined, model: string): ModelCost | undefined {
  return costs && Object.hasOwn(costs, model) ? costs[model] : undefined
}

/** With what the call has cost, as Inspect's `compute_model_cost` has it; as it is without a price. */
export function priced(usage: ModelUsage, cost: ModelCost | undefined): ModelUsage {
  if (!cost) return usage
  const { input, output, inputCacheRead = 0, inputCacheWrite = 0 } = cost
  const { input_tokens_cache_read: read = 0, input_tokens_cache_write: written = 0 } = usage
  const millionths =
    usage.input_tokens * input + usage.output_tokens * output + written * inputCacheWrite + read * inputCacheRead
  return { ...usage, total_cost: millionths / 1_000_000 }
}
