import { inspect } from 'node:util'
import { isObject } from '../../hooks/is-object.ts'
import type { GenerateSettings } from './generate-config.ts'
import type { ModelRoles } from '../model/model-roles.ts'
import { settingKinds } from './setting-kinds.ts'
import { nearest } from './suggestion.ts'
import { toCamelCase } from '../text/to-camel-case.ts'
import { toList } from '../to-list.ts'
import type { Wrong } from './wrong.ts'

/**
 * Throws for a setting of models that they could not be called with, or that Inspect could not read in the log, and for a
 * name that is nearly one of Inspect's. Other names are those of a provider.
 */
export function checkSettings(settings: GenerateSettings | undefined, field: string, wrong: Wrong): void {
  if (settings === undefined) return
  if (!isObject(settings)) throw wrong(field, `is ${inspect(settings)}; give an object of settings`)
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || value === null) continue
    const known = toCamelCase(name)
    if (Object.hasOwn(settingKinds, known)) {
      const { fits, give } = settingKinds[known as keyof typeof settingKinds]
      if (!fits(value)) throw wrong(`${field}.${name}`, `is ${inspect(value)}; give ${give}`)
      continue
    }
    const near = nearest(known, Object.keys(settingKinds), Math.min(2, known.length / 4))
    if (near !== undefined) throw wrong(`${field}.${name}`, `is no setting; did you mean ${near}?`)
  }
}

/** Throws likewise for the settings of models in roles, and for what has no roles. */
export function checkRoles(roles: ModelRoles | undefined, wrong: Wrong): void {
  if (roles === undefined) return
  if (!isObject(roles)) throw wrong('modelRoles', `is ${inspect(roles)}; give an object of models by role`)
  for (const [role, models] of Object.entries(roles)) {
    for (const [index, model] of toList<unknown>(models).entries()) {
      const place = `modelRoles.${role}${Array.isArray(models) ? `[${index}]` : ''}.config`
      if (isObject(model) && 'model' in model && 'config' in model && !('generate' in model)) {
        checkSettings(model['config'] as GenerateSettings, place, wrong)
      }
    }
  }
}
