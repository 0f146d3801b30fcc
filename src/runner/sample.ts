import type { ChatMessage, Json } from '../inspect/records.ts'

/** One question of a dataset, as Inspect's `Sample`. */
export interface Sample {
  /** Unique in its dataset; its number there, from 1, when left out. */
  readonly id?: string | number | undefined
  /** What the model is asked: the user's message, or a whole conversation. */
  readonly input: string | readonly ChatMessage[]
  /** The ideal answer, or several; scorers decide what it means. */
  readonly target?: string | readonly string[] | undefined
  /** Of a multiple-choice question. */
  readonly choices?: readonly string[] | undefined
  readonly description?: string | undefined
  readonly metadata?: { readonly [key: string]: Json } | undefined
}

/** Samples with a name; a bare list of them is one without. */
export interface Dataset {
  readonly name?: string | undefined
  /** The file that they were read from. */
  readonly location?: string | undefined
  readonly samples: Iterable<Sample> | AsyncIterable<Sample>
}
