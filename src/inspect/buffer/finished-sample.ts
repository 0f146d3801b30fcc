import { isFields } from '../fields.ts'
import type { ChatMessage, EvalSample, Event, ModelEvent, Score } from '../records.ts'
import type { BufferedEvent, BufferedSample } from './sample-buffer.ts'

/**
 * A sample that was finished and never written to its log, put together as `inspect log recover` does it: what a summary
 * leaves out is in the events. What only the log would have is missing: the store, and why attempts were retried.
 */
export function finishedSample({ summary, metadata }: BufferedSample, changes: Iterable<BufferedEvent>): EvalSample {
  const events = latestVersions(changes)
  const init = initialSample(events)
  const model = events.findLast((event): event is ModelEvent => event.event === 'model' && event.output !== undefined)
  return {
    id: summary.id,
    epoch: summary.epoch,
    uuid: summary.uuid,
    input: (init['input'] ?? summary.input ?? '') as EvalSample['input'],
    target: (init['target'] ?? summary.target ?? '') as EvalSample['target'],
    choices: init['choices'] as EvalSample['choices'],
    metadata: (metadata ?? init['metadata'] ?? summary.metadata) as EvalSample['metadata'],
    messages: model ? conversation(model) : [],
    output: model?.output,
    scores: summary.scores && wholeScores(summary.scores, events),
    events,
    model_usage: summary.model_usage,
    role_usage: summary.role_usage,
    description: summary.description,
    turn_count: summary.turn_count,
    token_limit: summary.token_limit,
    token_limit_type: summary.token_limit_type,
    token_limit_usage: summary.token_limit_usage,
    message_limit: summary.message_limit,
    time_limit: summary.time_limit,
    started_at: summary.started_at,
    completed_at: summary.completed_at,
    total_time: summary.total_time,
    working_time: summary.working_time,
    error: summary.error === undefined ? undefined : wholeError(summary.error, events),
    limit: summary.limit === undefined ? undefined : wholeLimit(summary.limit, events),
  }
}

/** In the order in which they began, as a log lists them. */
function latestVersions(changes: Iterable<BufferedEvent>): Event[] {
  const events = new Map<string, Event>()
  for (const { cursor, event } of changes) events.set(event.uuid ?? `row ${cursor}`, event)
  return [...events.values()]
}

function initialSample(events: readonly Event[]): { readonly [name: string]: unknown } {
  const init = events.find((event) => event.event === 'sample_init') as { sample?: unknown } | undefined
  return isFields(init?.sample) ? init.sample : {}
}

function conversation({ input, output }: ModelEvent): ChatMessage[] {
  const answer = output?.choices[0]?.message
  return answer ? [...input, answer] : [...input]
}

/** A summary shortens explanations; the event of the score does not. */
function wholeScores(scores: { readonly [name: string]: Score }, events: readonly Event[]): { [name: string]: Score } {
  const told = new Map(
    events.flatMap((event) =>
      event.event === 'score' && !event.intermediate && event.scorer !== undefined ? [[event.scorer, event.score]] : [],
    ),
  )
  return Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, told.get(name) ?? score]))
}

function wholeError(message: string, events: readonly Event[]): EvalSample['error'] {
  const told = events.findLast((event) => event.event === 'error' && event.error.message === message)
  return told?.event === 'error' ? told.error : { message, traceback: '', traceback_ansi: '' }
}

function wholeLimit(type: string, events: readonly Event[]): EvalSample['limit'] {
  const told = events.findLast((event) => event.event === 'sample_limit' && event.type === type)
  return { type, limit: told?.event === 'sample_limit' ? told.limit : undefined }
}
