import type { Attributes, HrTime, Measurement, SpanBody } from '../delivery/item.ts'
import type { EvalSample, EvalSampleSummary, Event } from '../inspect/records.ts'
import { parseTime, secondsBetween } from '../time.ts'
import { retryAttributes, retryMeasurements, type Retry } from './chat.ts'
import { contentOf } from './content.ts'
import { cancelled, isCancelled, spanError } from './errors.ts'
import { recordException } from './exceptions.ts'
import { instrument, measure } from './instruments.ts'
import { attributesOf, spanItem, type OpenSpan, type RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { evaluationsOf } from './scores.ts'
import { attribute, event as eventName, schemaVersion } from './semconv.ts'
import type { TelemetrySettings } from './settings.ts'
import { totalUsage } from './usage.ts'

/** What became known of a sample on the way to its end. */
export interface RootFacts {
  readonly start: HrTime
  readonly end: HrTime
  readonly attempts: number
  /** It was counted as at work. */
  readonly started: boolean
  /** Back-offs that no call could be told to be the cause of. */
  readonly retries: readonly Retry[]
}

export function openRoot(summary: EvalSampleSummary, start: HrTime, scope: SampleScope): OpenSpan {
  const attributes = { ...scope.identity, [attribute.caseName]: String(summary.id) }
  return { ...rootPlace(scope), start, attributes, links: rootLinks(scope), subject: scope.subject }
}

/** The root of a finished sample and the results of its scorers. `told`: a span within told the sample's error. */
export function finishedRoot(sample: EvalSample, facts: RootFacts, told: boolean, scope: SampleScope): RawItem[] {
  const { settings, suite, model } = scope
  const { end } = facts
  const evaluations = evaluationsOf(sample, scope, end)
  const failure = sample.error && spanError(sample.error, settings)
  const outcome = failure ? (isCancelled(failure.message) ? cancelled : 'error') : sample.limit ? 'limit' : 'success'
  const usage = totalUsage(sample.model_usage)
  const exception = recordException(told ? undefined : sample.error, scope.rootSpanId, end, scope)
  const body: SpanBody = {
    ...rootSpan(facts, scope),
    attributes: {
      ...rootIdentity(scope),
      ...attributesOf({
        [attribute.caseName]: String(sample.id),
        [attribute.caseResultStatus]: evaluations.verdict,
        [attribute.sampleOutcome]: outcome,
        ...limitAttributes(sample),
        [attribute.sampleAttempts]: facts.attempts,
        [attribute.sampleTotalTime]: sample.total_time,
        [attribute.sampleWorkingTime]: sample.working_time,
        [attribute.errorType]: failure?.type,
        [attribute.usageInput]: usage?.input,
        [attribute.usageOutput]: usage?.output,
        [attribute.usageCost]: usage?.cost,
      }),
      ...(settings.content.spans ? sampleContent(sample, settings) : {}),
    },
    events: [...retryEvents(facts), ...limitEvents(sample, end), ...exception.events, ...evaluations.events],
    error: failure && { message: failure.message },
  }
  const labels = attributesOf({
    [attribute.suiteName]: suite,
    [attribute.requestModel]: model.model,
    [attribute.sampleOutcome]: outcome,
    [attribute.errorType]: failure?.type,
  })
  const measurements = [
    ...measure(instrument.sampleDuration, secondsBetween(facts.start, end), labels, end),
    ...measure(instrument.sampleCompleted, 1, labels, end),
    ...(facts.started ? activeSample(-1, end, scope) : []),
    ...facts.retries.flatMap((retry) => retryMeasurements(retry, undefined)),
    ...eventMeasurements(sample.events, end),
  ]
  return [...evaluations.items, spanItem(body, measurements, scope.subject), ...exception.records]
}

/** The root of a sample whose end was never told. */
export function sealedRoot(facts: RootFacts, scope: SampleScope): RawItem {
  const attributes = { ...rootIdentity(scope), [attribute.incomplete]: true }
  const body = { ...rootSpan(facts, scope), attributes, events: retryEvents(facts) }
  return spanItem(body, facts.started ? activeSample(-1, facts.end, scope) : [], scope.subject)
}

/** One sample more or less at work. */
export function activeSample(value: 1 | -1, time: HrTime, { suite, model }: SampleScope): Measurement[] {
  const labels = { [attribute.suiteName]: suite, [attribute.requestModel]: model.model }
  return measure(instrument.sampleActive, value, labels, time)
}

function rootPlace({
  traceId,
  rootSpanId,
  suite,
  settings,
  task,
}: SampleScope): Omit<OpenSpan, 'start' | 'attributes'> {
  const parentSpanId = settings.traceShape === 'run' ? task.spanId : undefined
  return { traceId, spanId: rootSpanId, parentSpanId, name: `eval_sample ${suite}`, kind: 'internal' }
}

function rootSpan({ start, end }: RootFacts, scope: SampleScope): Omit<SpanBody, 'attributes' | 'events'> {
  return { ...rootPlace(scope), links: rootLinks(scope), start, end }
}

/** In a trace of its own the sample links to its task, which is its parent otherwise. */
function rootLinks({ settings, task }: SampleScope): SpanBody['links'] {
  return settings.traceShape === 'run' ? [] : [{ ...task, attributes: { [attribute.linkType]: 'task' } }]
}

function rootIdentity({ identity, model }: SampleScope): Attributes {
  return attributesOf({
    ...identity,
    [attribute.schemaVersion]: schemaVersion,
    [attribute.sessionId]: identity[attribute.suiteRunId],
    [attribute.openinferenceKind]: 'CHAIN',
    [attribute.provider]: model.provider,
    [attribute.requestModel]: model.model,
  })
}

function limitAttributes({ limit }: EvalSample): Attributes {
  return attributesOf({ [attribute.sampleLimit]: limit?.type, [attribute.sampleLimitValue]: limit?.limit })
}

function limitEvents(sample: EvalSample, end: HrTime): SpanBody['events'] {
  if (!sample.limit) return []
  const tripped = sample.events.findLast((event) => event.event === 'sample_limit')
  const time = parseTime(tripped?.timestamp) ?? end
  return [{ name: eventName.sampleLimit, time, attributes: limitAttributes(sample) }]
}

function retryEvents({ retries }: RootFacts): SpanBody['events'] {
  return retries.map((retry) => ({
    name: eventName.modelRetry,
    time: retry.time,
    attributes: retryAttributes(retry, undefined),
  }))
}

function sampleContent(sample: EvalSample, settings: TelemetrySettings): ReturnType<typeof contentOf> {
  return contentOf(
    {
      [attribute.inputValue]: sample.input,
      [attribute.outputValue]: sample.output?.completion,
      [attribute.sampleTarget]: sample.target,
    },
    settings,
  )
}

/** Events that became spans, events on spans or records are mapped; the others have no place in a trace. */
const mapped = new Set(['model', 'tool', 'span_begin', 'span_end', 'score', 'score_edit', 'sample_limit', 'error'])

function eventMeasurements(events: readonly Event[], time: HrTime): Measurement[] {
  const counts = new Map<string, number>()
  for (const event of events) counts.set(event.event, (counts.get(event.event) ?? 0) + 1)
  return [...counts].flatMap(([type, count]) =>
    measure(
      instrument.bridgeEvent,
      count,
      { [attribute.bridgeEventType]: type, [attribute.bridgeOutcome]: mapped.has(type) ? 'mapped' : 'ignored' },
      time,
    ),
  )
}
