import type { AttributeValue, HrTime, Item, LogBody, Measurement, SpanBody } from '../delivery/item.ts'
import type { SampleAttemptEnd, SampleAttemptStart } from '../hooks/events.ts'
import type { EvalError, EvalSample, EvalSampleSummary, Event } from '../inspect/records.ts'
import { earliest, latest, parseTime, secondsBetween } from '../time.ts'
import { Attempt } from './attempt.ts'
import { retryAttributes, retryMeasurements, type Retry } from './chat.ts'
import { contentOf } from './content.ts'
import { cancelled, exceptionEvent, isCancelled, spanError } from './errors.ts'
import { instrument, measure } from './instruments.ts'
import { sameModel } from './models.ts'
import { attributesOf, logItem, markItem, spanItem, type OpenSpan, type Output } from './output.ts'
import type { SampleScope } from './scope.ts'
import { evaluationsOf } from './scores.ts'
import { attribute, event as eventName, schemaVersion } from './semconv.ts'
import { totalUsage } from './usage.ts'

/** Where the sample's root hangs: its task's span, as a link, or as its parent when a run is one trace. */
export interface TaskSpan {
  readonly traceId: string
  readonly spanId: string
}

/** The trace of one sample of one epoch: its root, its attempts and what happened in them. */
export class SampleTrace {
  readonly #scope: SampleScope
  readonly #task: TaskSpan
  #attempt: Attempt | undefined
  #attempts = 0
  /** Of an attempt that is over for good, but whose events may still be missing: the finished sample has them. */
  #error: EvalError | undefined
  #retries: Retry[] = []
  #first: HrTime | undefined
  #last: HrTime | undefined
  #started = false

  constructor(scope: SampleScope, task: TaskSpan) {
    this.#scope = scope
    this.#task = task
  }

  init(summary: EvalSampleSummary, time: HrTime | undefined): Output {
    if (!time) return { items: [], open: [] }
    const { traceId, rootSpanId, suite } = this.#scope
    const attributes = { ...this.#scope.identity, [attribute.caseName]: String(summary.id) }
    return {
      items: [],
      open: [
        {
          traceId,
          spanId: rootSpanId,
          parentSpanId: this.#parent(),
          name: `eval_sample ${suite}`,
          kind: 'internal',
          start: time,
          attributes,
        },
      ],
    }
  }

  start(time: HrTime): Output {
    this.#started = true
    return {
      items: [markItem(this.#scope.traceId, `${this.#scope.rootSpanId}|start`, time, this.#active(1, time))],
      open: [],
    }
  }

  attemptStart(data: SampleAttemptStart, time: HrTime | undefined): Output {
    this.#attempts = Math.max(this.#attempts, data.attempt)
    this.#attempt = new Attempt(this.#scope, data.attempt, (event, start, end) =>
      this.#takeRetries(event.model, start, end),
    )
    const { traceId, rootSpanId } = this.#scope
    const attributes = { [attribute.caseRunAttempt]: data.attempt }
    const open: OpenSpan[] = time
      ? [
          {
            traceId,
            spanId: this.#attempt.spanId,
            parentSpanId: rootSpanId,
            name: 'eval_attempt',
            kind: 'internal',
            start: time,
            attributes,
          },
        ]
      : []
    return { items: [], open }
  }

  event(event: Event): Output {
    // Without its attempt's start an event cannot be placed yet; the finished sample brings it again.
    return this.#attempt?.event(event) ?? { items: [], open: [] }
  }

  retry(retry: Retry): void {
    this.#retries.push(retry)
  }

  attemptEnd(data: SampleAttemptEnd): Output {
    const attempt = this.#attempt
    if (!attempt || attempt.number !== data.attempt) return { items: [], open: [] }
    const error = data.error ?? undefined
    if (!data.will_retry) {
      this.#error = error
      return { items: [], open: [] }
    }
    this.#attempt = undefined
    return { items: this.#finishAttempt(attempt, { error, outcome: 'retried' }), open: [] }
  }

  /** The sample is finished: all that is left of its trace. */
  end(sample: EvalSample, hookTime: HrTime | undefined): Output {
    const completed = parseTime(sample.completed_at)
    const attempt = this.#attempt ?? new Attempt(this.#scope, 0, () => [])
    const items = this.#finishAttempt(
      attempt,
      { error: sample.error, outcome: sample.error ? 'failed' : 'success' },
      sample.events,
      completed,
    )
    const end = completed ?? this.#last ?? hookTime ?? [0, 0]
    const firstEvent = parseTime(sample.events[0]?.timestamp)
    const start = earliest(earliest(firstEvent, parseTime(sample.started_at)) ?? end, this.#first)
    const evaluations = evaluationsOf(sample, this.#scope, end)
    return {
      items: [
        ...items,
        ...evaluations.items,
        ...this.#root(sample, start, latest(start, end), evaluations, attempt.number === 0),
      ],
      open: [],
    }
  }

  /** Nothing more will come, and the sample's end did not: closed as incomplete, at the last that was seen of it. */
  seal(time: HrTime): Output {
    const attempt = this.#attempt
    const items = attempt
      ? this.#finishAttempt(attempt, { error: this.#error, outcome: 'incomplete' }, undefined, attempt.end)
      : []
    const end = this.#last ?? time
    const start = this.#first ?? end
    const root = this.#span({
      start,
      end,
      attributes: { ...this.#rootIdentity(), [attribute.incomplete]: true },
      events: this.#retries.map((retry) => this.#retryEvent(retry)),
    })
    return { items: [...items, spanItem(root, this.#started ? this.#active(-1, end) : [])], open: [] }
  }

  #takeRetries(model: string, start: HrTime, end: HrTime): Retry[] {
    const within = ({ time, data }: Retry): boolean =>
      sameModel(model, data.model_name) && earliest(time, start) === start && latest(time, end) === end
    const taken = this.#retries.filter(within)
    this.#retries = this.#retries.filter((retry) => !taken.includes(retry))
    return taken
  }

  #finishAttempt(
    attempt: Attempt,
    { error, outcome }: { error: EvalError | undefined; outcome: 'success' | 'retried' | 'failed' | 'incomplete' },
    events?: readonly Event[],
    completed?: HrTime,
  ): Item[] {
    const items = attempt.finish(events, completed)
    const end = attempt.end ?? this.#last ?? [0, 0]
    const start = attempt.start ?? end
    this.#first = earliest(this.#first, attempt.start)
    this.#last = latest(this.#last, attempt.end)
    if (attempt.number === 0) return items
    const { traceId, rootSpanId, suite, settings } = this.#scope
    const failure = error && spanError(error)
    const body: SpanBody = {
      traceId,
      spanId: attempt.spanId,
      parentSpanId: rootSpanId,
      name: 'eval_attempt',
      kind: 'internal',
      start,
      end: latest(start, end),
      attributes: attributesOf({
        [attribute.caseRunAttempt]: attempt.number,
        [attribute.attemptWillRetry]: outcome === 'retried',
        [attribute.incomplete]: outcome === 'incomplete' || undefined,
        [attribute.errorType]: failure?.type,
        [attribute.openinferenceKind]: 'CHAIN',
      }),
      events: error && settings.exceptions !== 'logs' ? [exceptionEvent(error, end, settings.content.spans)] : [],
      links: [],
      error: failure && { message: failure.message },
    }
    const counted = attributesOf({
      [attribute.suiteName]: suite,
      [attribute.attemptOutcome]: outcome,
      [attribute.errorType]: failure?.type,
    })
    return [
      ...items,
      spanItem(body, outcome === 'incomplete' ? [] : measure(instrument.sampleAttempt, 1, counted, end)),
      ...this.#exceptionLog(error, body),
    ]
  }

  #exceptionLog(error: EvalError | undefined, span: SpanBody): Item[] {
    const { settings, identity, traceId } = this.#scope
    if (!error || settings.exceptions === 'span-events') return []
    const { time, attributes } = exceptionEvent(error, span.end, settings.content.events)
    const body: LogBody = {
      traceId,
      spanId: span.spanId,
      eventName: eventName.exception,
      time,
      severity: 'warn',
      attributes: { ...attributes, ...identity },
    }
    return [logItem(`exception|${span.spanId}`, body)]
  }

  #root(
    sample: EvalSample,
    start: HrTime,
    end: HrTime,
    evaluations: ReturnType<typeof evaluationsOf>,
    noAttempt: boolean,
  ): Item[] {
    const { settings, suite, model } = this.#scope
    const failure = sample.error && spanError(sample.error)
    const outcome = failure ? (isCancelled(failure.message) ? cancelled : 'error') : sample.limit ? 'limit' : 'success'
    const usage = totalUsage(sample.model_usage)
    const limitEvent = sample.events.findLast((event) => event.event === 'sample_limit')
    const limit =
      sample.limit &&
      attributesOf({ [attribute.sampleLimit]: sample.limit.type, [attribute.sampleLimitValue]: sample.limit.limit })
    const exceptionHere = noAttempt && sample.error && settings.exceptions !== 'logs'
    const body = this.#span({
      start,
      end,
      attributes: {
        ...this.#rootIdentity(),
        ...attributesOf({
          [attribute.caseName]: String(sample.id),
          [attribute.caseResultStatus]: evaluations.verdict,
          [attribute.sampleOutcome]: outcome,
          ...limit,
          [attribute.sampleAttempts]: this.#attempts,
          [attribute.sampleTotalTime]: sample.total_time,
          [attribute.sampleWorkingTime]: sample.working_time,
          [attribute.errorType]: failure?.type,
          [attribute.usageInput]: usage?.input,
          [attribute.usageOutput]: usage?.output,
          [attribute.usageCost]: usage?.cost,
        }),
        ...(settings.content.spans ? sampleContent(sample) : {}),
      },
      events: [
        ...this.#retries.map((retry) => this.#retryEvent(retry)),
        ...(limit
          ? [{ name: eventName.sampleLimit, time: parseTime(limitEvent?.timestamp) ?? end, attributes: limit }]
          : []),
        ...(exceptionHere ? [exceptionEvent(sample.error, end, settings.content.spans)] : []),
        ...evaluations.events,
      ],
      error: failure && { message: failure.message },
    })
    const labels = attributesOf({
      [attribute.suiteName]: suite,
      [attribute.requestModel]: model.model,
      [attribute.sampleOutcome]: outcome,
      [attribute.errorType]: failure?.type,
    })
    const measurements = [
      ...measure(instrument.sampleDuration, secondsBetween(start, end), labels, end),
      ...measure(instrument.sampleCompleted, 1, labels, end),
      ...(this.#started ? this.#active(-1, end) : []),
      ...this.#retries.flatMap((retry) => retryMeasurements(retry, undefined)),
      ...eventMeasurements(sample.events, end),
    ]
    return [spanItem(body, measurements), ...(noAttempt ? this.#exceptionLog(sample.error, body) : [])]
  }

  #rootIdentity(): { [name: string]: AttributeValue } {
    const { identity, model } = this.#scope
    return attributesOf({
      ...identity,
      [attribute.schemaVersion]: schemaVersion,
      [attribute.sessionId]: identity[attribute.suiteRunId],
      [attribute.openinferenceKind]: 'CHAIN',
      [attribute.provider]: model.provider,
      [attribute.requestModel]: model.model,
    })
  }

  #span(part: Pick<SpanBody, 'start' | 'end' | 'attributes' | 'events'> & Partial<SpanBody>): SpanBody {
    const { traceId, rootSpanId, suite } = this.#scope
    const parentSpanId = this.#parent()
    const link = { ...this.#task, attributes: { [attribute.linkType]: 'task' } }
    return {
      traceId,
      spanId: rootSpanId,
      parentSpanId,
      name: `eval_sample ${suite}`,
      kind: 'internal',
      links: parentSpanId ? [] : [link],
      ...part,
    }
  }

  #parent(): string | undefined {
    return this.#scope.settings.traceShape === 'run' ? this.#task.spanId : undefined
  }

  #retryEvent(retry: Retry): SpanBody['events'][number] {
    return { name: eventName.modelRetry, time: retry.time, attributes: retryAttributes(retry, undefined) }
  }

  #active(value: 1 | -1, time: HrTime): Measurement[] {
    const { suite, model } = this.#scope
    return measure(
      instrument.sampleActive,
      value,
      { [attribute.suiteName]: suite, [attribute.requestModel]: model.model },
      time,
    )
  }
}

function sampleContent(sample: EvalSample): ReturnType<typeof contentOf> {
  return contentOf({
    [attribute.inputValue]: sample.input,
    [attribute.outputValue]: sample.output?.completion,
    [attribute.sampleTarget]: sample.target,
  })
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
