import type { ModelApi } from '../../src/index.ts'
import type { Scenario } from '../format.ts'
import { scriptedModel } from './model.ts'

const models = new Map<string, ModelApi>()

export function useModels(scripts: Scenario['models']): void {
  for (const [name, script] of Object.entries(scripts)) models.set(name, scriptedModel(name, script))
}

export function modelOf(name: string): ModelApi {
  return models.get(name)!
}

/** By role. */
export function modelsOf(roles: { readonly [role: string]: string } | undefined): { [role: string]: ModelApi } {
  return Object.fromEntries(Object.entries(roles ?? {}).map(([role, name]) => [role, modelOf(name)]))
}
