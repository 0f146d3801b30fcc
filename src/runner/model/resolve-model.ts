import { KeyedApi } from './keyed-api.ts'
import { Model, type ModelOptions } from './model.ts'
import { isKeyedModel, openModel, type ModelSpec } from './model-spec.ts'

/** The model that a user gave in any of its forms. Rejects with a `BAD_OPTION` error for what is none. */
export async function resolveModel(spec: ModelSpec, options?: ModelOptions): Promise<Model> {
  return new Model(isKeyedModel(spec) ? new KeyedApi(spec) : await openModel(spec), options)
}
