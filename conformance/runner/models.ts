import type { EvaluateOptions, ModelApi, ModelRoles } from '../../src/index.ts'
import type { RunOptions, Scenario } from '../format.ts'
import { scriptedModel } from './model.ts'

const models = new Map<string, ModelApi>()
let scripts: Scenario['models'] = {}

export function useModels(given: Scenario['models']): void {
  scripts = given
  for (const [name, script] of Object.entries(scripts)) models.set(name, scriptedModel(name, script))
}

export function modelOf(name: string): ModelApi {
  return models.get(name)!
}

/** Of the models that have a price. */
export function modelCosts(): NonNullable<EvaluateOptions['modelCosts']> {
  return Object.fromEntries(Object.entries(scripts).flatMap(([name, { cost }]) => (cost ? [[name, cost]] : [])))
}

/** By role. */
export function modelsOf(roles: NonNullable<RunOptions['model_roles']>): ModelRoles {
  return Object.fromEntries(
    Object.entries(roles).map(([role, name]) => [role, typeof name === 'string' ? modelOf(name) : name.map(modelOf)]),
  )
}
