import type { ChatMessage, ModelOutput } from '../../../inspect/records.ts'
import type { ModelSpec } from '../../model/model-spec.ts'

/** What grading needs of a model, such as `getModel()` gives. */
export interface Grader {
  /** `provider/model`. */
  readonly name: string
  generate(input: string | readonly ChatMessage[]): Promise<ModelOutput>
}

/** Where graders come from while a sample is scored, since roles are bound to models only when an evaluation starts. */
export interface Graders {
  /** The model that a user gave; without one the model that is evaluated. */
  model(spec?: ModelSpec): Promise<Grader>
  /** The model that is bound to a role, or the models where it is a list; undefined when none is. */
  role(name: string): Promise<Grader | readonly Grader[] | undefined>
}
