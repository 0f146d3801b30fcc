import { InvalidArgumentError } from 'commander'
import { isObject } from '../../hooks/is-object.ts'
import type { Json } from '../../inspect/records.ts'
import { toGenerateSettings } from '../../runner/options/generate-config.ts'
import type { ConfiguredModel, ModelRoles } from '../../runner/model/model-roles.ts'
import { toCamelCase } from '../../runner/text/to-camel-case.ts'
import { argument, type ReadValue, type Values } from './values.ts'

/** `grader=openai/gpt-4o`; several with commas; `grader={model: openai/gpt-4o, temperature: 0}`. */
export const modelRole: ReadValue = (said, before) => {
  const [[role, value]] = Object.entries(argument(said) as Values) as [[string, Json]]
  const models = Array.isArray(value) ? value.filter((each) => each !== '') : [value]
  if (models.length === 0) throw new InvalidArgumentError(`There is no model for ${role}.`)
  return { ...(before as ModelRoles | undefined), [role]: models.map(modelOf) }
}

function modelOf(said: Json): string | ConfiguredModel {
  if (typeof said === 'string') return said.trim()
  if (!isObject(said) || typeof said['model'] !== 'string') {
    throw new InvalidArgumentError(
      'Give a name such as grader=openai/gpt-4o, or {model: openai/gpt-4o, temperature: 0}.',
    )
  }
  const { model, ...config } = said
  const unknown = ['model_args', 'base_url'].find((name) => name in config)
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no ${unknown} here; such models are made in code.`)
  return { model, config: toGenerateSettings(config) }
}

/** Prices in Inspect's names: `input_cache_read`. */
export function modelCostsOf(file: unknown): { readonly [model: string]: unknown } {
  const prices = (cost: unknown): unknown =>
    isObject(cost) ? Object.fromEntries(Object.entries(cost).map(([name, price]) => [toCamelCase(name), price])) : cost
  return Object.fromEntries(Object.entries(file as object).map(([model, cost]) => [model, prices(cost)]))
}
