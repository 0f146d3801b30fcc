import type { EvalSample, EvalSampleSummary, Json, Score } from './records.ts'
import { thinInput, thinMetadata, thinTarget, thinText } from './thin.ts'

/** What is known of a sample that is over, as the summaries of a log have it. */
export function summaryOf(sample: EvalSample): EvalSampleSummary {
  return thinSummary({
    id: sample.id,
    epoch: sample.epoch,
    input: sample.input as Json,
    choices: sample.choices,
    target: sample.target,
    description: sample.description,
    metadata: sample.metadata ?? {},
    scores: sample.scores,
    model_usage: sample.model_usage ?? {},
    role_usage: sample.role_usage ?? {},
    started_at: sample.started_at,
    completed_at: sample.completed_at,
    total_time: sample.total_time,
    working_time: sample.working_time,
    uuid: sample.uuid,
    error: sample.error?.message,
    limit: sample.limit?.type,
    limit_reason: sample.limit?.reason,
    retries: sample.error_retries?.length,
    completed: true,
    message_count: sample.messages.length,
    turn_count: sample.turn_count,
    token_limit: sample.token_limit,
    token_limit_type: sample.token_limit_type,
    token_limit_usage: sample.token_limit_usage,
    message_limit: sample.message_limit,
    time_limit: sample.time_limit,
  })
}

/** Makes a summary as short as Inspect makes all of them, those that its hooks carry as well. */
export function thinSummary(summary: EvalSampleSummary): EvalSampleSummary {
  const { input, target, metadata, scores } = summary
  return {
    ...summary,
    input: thinInput(input) as Json,
    target: thinTarget(target) as Json,
    ...(metadata ? { metadata: thinMetadata(metadata) as { [key: string]: Json } } : {}),
    ...(scores ? { scores: thinScores(scores) } : {}),
  }
}

function thinScores(scores: { readonly [name: string]: Score }): { [name: string]: Score } {
  return Object.fromEntries(
    Object.entries(scores).map(([name, { value, answer, explanation, reason, metadata }]) => [
      name,
      {
        value,
        answer: typeof answer === 'string' ? thinText(answer) : answer,
        explanation: typeof explanation === 'string' ? thinText(explanation) : explanation,
        reason: typeof reason === 'string' ? thinText(reason) : reason,
        metadata: metadata && (thinMetadata(metadata) as { [key: string]: Json }),
      },
    ]),
  )
}
