import { getModel } from '../../model/get-model.ts'
import { activeSample } from '../../sample/active.ts'
import type { Graders } from './grader.ts'

/** Of the sample that is scored. */
export const activeGraders: Graders = {
  model: (spec) => getModel(spec),
  role: async (name) => activeSample()?.roles.get(name),
}
