import type { HookEvent } from '../hooks/hooks.ts'
import { failedAttempts, refusedAnswers } from '../inspect/model-calls.ts'
import type { EvalLog, EvalSample, Event, ModelEvent } from '../inspect/records.ts'
import { sampleIdOf } from '../inspect/sample-key.ts'
import { parseTime, type HrTime } from '../time.ts'
import { fire } from './fire.ts'
import { beforeGenerate, modelRetry, modelUsage, type SampleIds } from './model-hooks.ts'
import { attemptsOf, isTopSpan, type IsHistory } from './sample-attempts.ts'
import { streamOrder } from './stream-order.ts'

/**
 * The hooks that Inspect fired for a sample, in their order, as far as its log tells. What a log does not hold: the
 * events of earlier attempts before their last model call, ids in `BeforeModelGenerate`, exact back-off waits.
 */
export function* sampleEvents(log: EvalLog, sample: EvalSample, isHistory: IsHistory): Generator<HookEvent> {
  const spec = log.eval
  const ids: SampleIds = {
    eval_set_id: spec.eval_set_id ?? null,
    run_id: spec.run_id,
    eval_id: spec.eval_id,
    sample_id: sampleIdOf(spec.eval_id, sample),
  }
  const completed = parseTime(sample.completed_at) ??
    parseTime(sample.events.at(-1)?.timestamp) ??
    parseTime(spec.created) ?? [0, 0]
  const attempts = attemptsOf(log, sample, completed, isHistory)
  const first = attempts[0]!

  // Without it the sample's input could not be made ready, and nothing was said of its start.
  if (first.prepared) yield fire('onSampleInit', { ...ids, summary: first.summary }, first.scheduled)
  if (first.started) yield fire('onSampleStart', { ...ids, summary: first.summary }, first.start)
  for (const [index, { started, ran, events, summary, start, end, error, will_retry }] of attempts.entries()) {
    if (!ran) {
      // What a hook raised is scored like anything else that ends a sample.
      if (started) yield fire('onSampleScoring', ids, end)
      continue
    }
    const attempt = index + 1
    yield fire('onSampleAttemptStart', { ...ids, summary, attempt }, start)
    yield* attemptEvents(ids, spec.task, events, end)
    yield fire('onSampleAttemptEnd', { ...ids, summary, attempt, error, will_retry }, end)
  }
  yield fire('onSampleEnd', { ...ids, sample }, completed)
}

function* attemptEvents(ids: SampleIds, task: string, events: readonly Event[], end: HrTime): Generator<HookEvent> {
  const ends = new Map(
    events.flatMap((event) => (event.event === 'span_end' ? [[event.id, parseTime(event.timestamp)]] : [])),
  )
  const failed = new Map(
    failedAttempts(events, (id) => (id === undefined ? undefined : ends.get(id)) ?? end).map((each) => [
      each.event,
      each,
    ]),
  )
  const refused = refusedAnswers(events)
  const solvers = events.find((event) => isTopSpan(event, 'solvers'))
  const solversId =
    solvers?.event === 'span_begin' ? solvers.id : events.findLast((event) => event.event === 'span_end')?.span_id
  const hasScorers = events.some((event) => isTopSpan(event, 'scorers'))
  let scored = false
  for (const { event, complete } of streamOrder(events, (call) => failed.get(call)?.end)) {
    const time = parseTime(event.timestamp) ?? end
    if (!scored && isTopSpan(event, 'scorers')) {
      scored = true
      yield fire('onSampleScoring', ids, time)
    }
    if (event.event === 'model' && !complete) yield beforeGenerate(ids, task, event)
    if (!complete || event.pending) continue
    if (event.event === 'model') {
      yield* modelRetry(ids, task, failed.get(event))
      if (!refused.has(event)) yield* modelUsage(ids, task, event)
    }
    yield fire('onSampleEvent', { ...ids, event }, (event as ModelEvent).completed ?? event.timestamp)
    if (!scored && event.event === 'span_end' && event.id === solversId && !hasScorers) {
      scored = true
      yield fire('onSampleScoring', ids, time)
    }
  }
  if (!scored) yield fire('onSampleScoring', ids, end)
}
