import { badOption } from '../options/bad-option.ts'
import { toGenerateConfig, type GenerateSettings } from '../options/generate-config.ts'
import { toList, type OneOrMany } from '../to-list.ts'
import type { ModelPool } from './model-pool.ts'
import type { ModelSpec } from './model-spec.ts'
import type { Model } from './model.ts'

/** A model with settings of its own. */
export interface ConfiguredModel {
  readonly model: ModelSpec
  readonly config?: GenerateSettings | undefined
}

/** What models are there for besides the one that is evaluated: `{ grader: 'openai/gpt-4o' }`. */
export interface ModelRoles {
  readonly [role: string]: OneOrMany<ModelSpec | ConfiguredModel>
}

/** The models of roles; a list where there are several in one. Rejects with a `BAD_OPTION` error that names the role. */
export async function resolveRoles(roles: ModelRoles, pool: ModelPool): Promise<Map<string, OneOrMany<Model>>> {
  const resolved = new Map<string, OneOrMany<Model>>()
  for (const [role, given] of Object.entries(roles)) {
    const models: Model[] = []
    for (const each of toList<ModelSpec | ConfiguredModel>(given)) models.push(await resolveOne(role, each, pool))
    const [first] = models
    if (!first) throw badOption(`modelRoles.${role}: there is no model in the list; give one at least`)
    resolved.set(role, models.length > 1 ? models : first)
  }
  return resolved
}

async function resolveOne(role: string, given: ModelSpec | ConfiguredModel, pool: ModelPool): Promise<Model> {
  if (!isConfigured(given)) return await pool.resolve(given, { role })
  return await pool.resolve(given.model, { role, config: toGenerateConfig(given.config) })
}

/** A model of our own has `model` too: its name. */
function isConfigured(given: ModelSpec | ConfiguredModel): given is ConfiguredModel {
  return typeof given === 'object' && given !== null && 'model' in given && !('generate' in given)
}
