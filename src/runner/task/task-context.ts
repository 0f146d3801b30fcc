import type { Emitter } from '../../hooks/emitter.ts'
import type { EvalSpec, GenerateConfig } from '../../inspect/records.ts'
import type { ActiveSample } from '../sample/active.ts'
import type { Limits } from '../sample/limits.ts'
import type { EvalLogWriter } from '../log/eval-log-writer.ts'
import type { ModelPool } from '../model/model-pool.ts'
import type { Model } from '../model/model.ts'
import type { Sample } from '../sample.ts'
import type { Scorer } from '../scorer/scorer.ts'
import type { Semaphore } from '../semaphore.ts'
import type { Solver } from '../solver.ts'
import type { TaskOptions } from './task.ts'
import type { OneOrMany } from '../to-list.ts'
import type { Usage } from '../sample/usage.ts'

/** A place in a sample's trace that is open: an attempt by its number, a span or an event of the transcript by its id. */
export interface SpanPlace {
  readonly runId: string
  readonly evalSetId: string | null
  readonly uuid: string
  readonly kind: 'attempt' | 'span' | 'event'
  readonly id: string
}

/** Runs something in that place, so that spans which it makes itself hang there. */
export type WithinSpan = <T>(place: SpanPlace, run: () => T) => T

/** A sample of a task's dataset: what it is called is settled. */
export type NamedSample = Sample & { readonly id: string | number }

/** What a sample knows of an attempt at a task: most of it all samples share. */
export interface TaskContext {
  readonly emitter: Emitter
  readonly report: (message: string) => void
  readonly spec: EvalSpec
  readonly ids: ActiveSample['ids']
  readonly solvers: readonly Solver[]
  /** By their names in the log, each one's own. */
  readonly scorers: ReadonlyMap<string, Scorer>
  readonly options: Pick<TaskOptions, 'sandbox' | 'cleanup'>
  readonly model: Model
  readonly roles: ReadonlyMap<string, OneOrMany<Model>>
  /** Of the calls of its own model, in Inspect's names. */
  readonly config: GenerateConfig
  readonly models: ModelPool
  readonly limits: Limits
  readonly retryOnError: number
  readonly scoreOnError: boolean
  /** A sample ended with an error, which may be the end of the task. */
  readonly failed: (thrown: unknown) => void
  /** Ends the task with what a hook threw. */
  readonly end: (thrown: unknown) => void
  /** Undefined where samples are not logged. */
  readonly writer: Pick<EvalLogWriter, 'sample' | 'realtime'> | undefined
  readonly usage: Usage
  readonly places: Semaphore
  /** Aborted when the task is over before all of its samples are. */
  readonly signal: AbortSignal
  /** Once the whole run is cancelled, what cleans up has so many milliseconds. */
  readonly grace: { readonly cancelled: AbortSignal; readonly ms: number }
  readonly within: WithinSpan
}
