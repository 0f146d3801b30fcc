import type { Attributes, Subject } from '../delivery/item.ts'
import type { ModelName } from './models.ts'
import type { TelemetrySettings } from './settings.ts'

/** What all spans of one sample have in common. */
export interface SampleScope {
  readonly settings: TelemetrySettings
  readonly traceId: string
  readonly rootSpanId: string
  /** The task's span, which the root links to, or is a child of when a run is one trace. */
  readonly task: { readonly traceId: string; readonly spanId: string }
  /** The task's name. */
  readonly suite: string
  /** The task's model. */
  readonly model: ModelName
  /** Where the task's model is called, when its log says so. */
  readonly server: { readonly model: string; readonly address: string; readonly port: number | undefined } | undefined
  /** Names of the plan's solvers. */
  readonly solvers: readonly string[]
  /** Which sample of which run: on the root, and on event records, which backends cannot join easily. */
  readonly identity: Attributes
  /** What people call the sample: on its root, to find its trace by. */
  readonly subject: Subject
}
