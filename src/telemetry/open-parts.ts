import type { CallCounts } from './call-counts.ts'
import type { SampleScope } from './scope.ts'
import type { TranscriptSpans } from './transcript-spans.ts'

/** What the calls of models and of tools in one attempt share. */
export interface OpenParts {
  readonly scope: SampleScope
  readonly spans: TranscriptSpans
  readonly counts: CallCounts
  /** Keys of events whose spans have been given out. */
  readonly done: Set<string>
}
