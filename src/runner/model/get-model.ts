import { EvalspanError } from '../../errors.ts'
import { activeSample } from '../sample/active.ts'
import type { Model } from './model.ts'
import { ModelPool } from './model-pool.ts'
import type { ModelSpec } from './model-spec.ts'
import { toList } from '../to-list.ts'

export interface GetModelOptions {
  /** The model that `modelRoles` bind to it, the first one of several; the default when none is. */
  readonly role?: string | undefined
  readonly default?: ModelSpec | undefined
}

/**
 * A model to call from solvers, tools and scorers, with hooks, limits and events: the one that is evaluated, the one in a role,
 * or any other. Where both are given the role goes before, and the model is what it is when nothing is bound to it.
 */
export async function getModel(spec?: ModelSpec, { role, default: fallback }: GetModelOptions = {}): Promise<Model> {
  const sample = activeSample()
  const models = sample?.models ?? new ModelPool()
  const [bound] = role === undefined ? [] : toList(sample?.roles.get(role))
  if (bound) return bound
  if (spec !== undefined) {
    const model = await models.resolve(spec, { role })
    return sample && role === undefined && isEvaluated(model, sample.model) ? sample.model : model
  }
  if (fallback !== undefined) return await models.resolve(fallback, { role })
  if (sample) return sample.model
  throw new EvalspanError('BAD_OPTION', 'getModel: there is no sample here whose model could be taken; name one')
}

/** As in Inspect the settings of the task are for it also where it is named, unless the run gave it some of its own. */
function isEvaluated({ api }: Model, evaluated: Model): boolean {
  return api === evaluated.api && Object.keys(evaluated.config).length === 0
}
