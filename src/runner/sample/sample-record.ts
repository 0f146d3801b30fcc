import type { EvalError, EvalRetryError, EvalSample, Score } from '../../inspect/records.ts'
import type { ActiveSample } from './active.ts'
import { timestamp } from '../clock.ts'
import { messageProblem } from './message-problems.ts'
import type { NamedSample } from '../task/task-context.ts'

export interface SampleOutcome {
  readonly error: EvalError | undefined
  readonly scores: { readonly [scorer: string]: Score }
  readonly limit: { readonly type: string; readonly limit: number; readonly reason: string } | undefined
  readonly retries: readonly EvalRetryError[]
  /** When its solvers could begin. */
  readonly started: string
}

/** The sample as it goes into the log. */
export function sampleRecord(sample: NamedSample, active: ActiveSample, outcome: SampleOutcome): EvalSample {
  const { state, usage, clock, transcript, limits } = active
  const { error, limit, retries, started } = outcome
  const { id, input, choices, target = '', description } = sample
  return {
    id,
    epoch: active.epoch,
    input,
    ...(choices && { choices }),
    target,
    ...(description !== undefined && { description }),
    // As they are now: code that nobody waits for may go on to change them, and log and hooks are to tell the same.
    metadata: { ...state.metadata },
    messages: [...state.messages].filter((message) => messageProblem(message) === undefined),
    output: state.output,
    scores: outcome.scores,
    store: { ...state.store },
    uuid: active.uuid,
    events: transcript.events.map((event) => ({ ...event })),
    attachments: {},
    model_usage: usage.byModel,
    role_usage: usage.byRole,
    turn_count: limits.turns,
    ...limits.record,
    started_at: started,
    completed_at: timestamp(),
    ...(clock.total !== undefined && {
      total_time: rounded(clock.total),
      working_time: rounded(clock.working),
    }),
    ...(error && { error }),
    error_retries: retries,
    ...(limit && { limit }),
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
