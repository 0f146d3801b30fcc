import type { Json } from '../../inspect/records.ts'
import { toSnakeCase } from '../text/to-snake-case.ts'

/**
 * What a scorer or metric was made with, as Inspect's logs have it: in its names (`ignore_case`), without what was left
 * out, functions by their names.
 */
export function paramsOf(options: object): { readonly [name: string]: Json } {
  const params: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value !== undefined) params[toSnakeCase(name)] = toJson(value)
  }
  return params
}

function toJson(value: unknown): Json {
  if (typeof value === 'function') return value.name === '' ? '<lambda>' : value.name
  if (value instanceof RegExp) return value.source
  if (Array.isArray(value)) return value.map(toJson)
  return value as Json
}
