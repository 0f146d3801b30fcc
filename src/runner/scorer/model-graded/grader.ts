import type { ChatMessage, ModelOutput } from '../../../inspect/records.ts'

/** What grading needs of a model. */
export interface Grader {
  /** `provider/model`. */
  readonly name: string
  generate(input: string | readonly ChatMessage[]): Promise<ModelOutput>
}

/** Where graders come from while a sample is scored, since roles are bound to models only when an evaluation starts. */
export interface Graders {
  /** The model of a name; without one the model that is evaluated. */
  model(name?: string): Promise<Grader>
  /** The model that is bound to a role, or the models where it is a list; undefined when none is. */
  role(name: string): Promise<Grader | readonly Grader[] | undefined>
}
