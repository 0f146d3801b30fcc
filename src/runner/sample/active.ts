import { AsyncLocalStorage } from 'node:async_hooks'
import type { Emitter } from '../../hooks/emitter.ts'
import { processWide } from '../../hooks/process-wide.ts'
import type { EventMeta, HookData, HookName } from '../../hooks/hooks.ts'
import type { GenerateConfig } from '../../inspect/records.ts'
import { formatTime, type HrTime } from '../../time.ts'
import { now } from '../clock.ts'
import type { SampleLimits } from './limits.ts'
import type { ModelPool } from '../model/model-pool.ts'
import type { Model } from '../model/model.ts'
import type { SampleClock } from './sample-clock.ts'
import type { TaskState } from './task-state.ts'
import type { OneOrMany } from '../to-list.ts'
import type { Transcript } from './transcript.ts'
import type { Usage } from './usage.ts'

/** What of a run of a sample user code may have to do with, without being handed it. */
export interface ActiveSample {
  readonly emitter: Emitter
  readonly ids: { readonly eval_set_id: string | null; readonly run_id: string; readonly eval_id: string }
  readonly task: string
  readonly uuid: string
  readonly epoch: number
  readonly model: Model
  readonly roles: ReadonlyMap<string, OneOrMany<Model>>
  /** The settings of the task, for calls of its own model. */
  readonly config: GenerateConfig
  /** All of the run. */
  readonly models: ModelPool
  readonly transcript: Transcript
  readonly clock: SampleClock
  readonly limits: SampleLimits
  readonly usage: Usage
  /** Of all samples of the task. */
  readonly taskUsage: Usage
  /** Aborted when what the sample does is over: by a limit, an error of another sample, a signal. */
  signal: AbortSignal
  /** Runs something in a span, or an event that becomes one, so that spans which it makes itself hang there. */
  within<T>(kind: 'span' | 'event', id: string, run: () => T): T
  state: TaskState
}

/** Of the process: a task may come with a copy of this package of its own. */
const active = processWide('active sample', () => new AsyncLocalStorage<ActiveSample>())

/** The sample whose code is running; undefined outside of samples. */
export function activeSample(): ActiveSample | undefined {
  return active.getStore()
}

export function runInSample<T>(sample: ActiveSample, run: () => T): T {
  return active.run(sample, run)
}

/** Fires a hook of a live run. */
export function fire<N extends HookName>(
  emitter: Emitter,
  name: N,
  data: HookData<N>,
  time: HrTime = now(),
): Promise<void> {
  const meta: EventMeta = { time: formatTime(time), host: 'evalspan', replay: false }
  return emitter.emit(name, data, meta)
}
