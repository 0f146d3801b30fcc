import type { Scorer } from '../scorer.ts'
import { gradedByModel, type ModelGradedOptions } from './graded-by-model.ts'
import { factTemplate, qaTemplate } from './templates.ts'

/** Has a model judge whether the answer meets the target as a criterion. Throws a `BAD_OPTION` error for a model that is none. */
export function modelGradedQa(options: ModelGradedOptions = {}): Scorer {
  return gradedByModel('model_graded_qa', qaTemplate, options)
}

/** Has a model judge whether the answer says what the target says. Throws a `BAD_OPTION` error for a model that is none. */
export function modelGradedFact(options: ModelGradedOptions = {}): Scorer {
  return gradedByModel('model_graded_fact', factTemplate, options)
}
