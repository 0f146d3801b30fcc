import type { Json, Score } from '../../inspect/records.ts'

/** What one sample got, all its epochs reduced to one. */
export interface SampleScore {
  readonly sampleId: string | number
  readonly score: Score
  readonly sampleMetadata?: { readonly [key: string]: Json } | undefined
}

/** Makes one number, or several with names, of the scores of all samples. */
export interface Metric {
  readonly name: string
  /** What it was made with, for the log. */
  readonly params: { readonly [name: string]: Json }
  readonly compute: (scores: readonly SampleScore[]) => number | { readonly [name: string]: number }
}

/** Makes one score of those of all epochs. */
export interface Reducer {
  /** As Inspect writes it: `mean`, `at_least_2`, `pass_at_5`. */
  readonly name: string
  readonly reduce: (scores: readonly Score[]) => Score
}
