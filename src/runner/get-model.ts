import { EvalspanError } from '../errors.ts'
import { activeSample } from './active.ts'
import type { Model } from './model/model.ts'
import { ModelPool } from './model/model-pool.ts'
import type { ModelSpec } from './model/model-spec.ts'
import { toList } from './to-list.ts'

export interface GetModelOptions {
  /** The model that `modelRoles` bind to it, the first one of several; the default when none is. */
  readonly role?: string | undefined
  readonly default?: ModelSpec | undefined
}

/**
 * A model to call from solvers, tools and scorers, with hooks, limits and events: the one that is evaluated, the one in a role,
 * or any other.
 */
export async function getModel(spec?: ModelSpec, { role, default: fallback }: GetModelOptions = {}): Promise<Model> {
  const sample = activeSample()
  const models = sample?.models ?? new ModelPool()
  if (spec !== undefined) return await models.resolve(spec)
  const [bound] = role === undefined ? [] : toList(sample?.roles.get(role))
  if (bound) return bound
  if (fallback !== undefined) return await models.resolve(fallback, { role })
  if (sample) return sample.model
  throw new EvalspanError('BAD_OPTION', 'getModel: there is no sample here whose model could be taken; name one')
}
