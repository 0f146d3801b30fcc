import type { HrTime, SpanBody } from '../delivery/item.ts'
import type { SampleAttemptEnd, SampleAttemptStart } from '../hooks/events.ts'
import type { EvalError, EvalSample, EvalSampleSummary, Event } from '../inspect/records.ts'
import { earliest, latest, parseTime } from '../time.ts'
import { Attempt, type ScorerCrash } from './attempt.ts'
import type { Retry } from './chat.ts'
import { spanError } from './errors.ts'
import { recordException } from './exceptions.ts'
import { instrument, measure } from './instruments.ts'
import { attributesOf, markItem, spanItem, type OpenSpan, type Mapped, type RawItem } from './mapped.ts'
import { Retries } from './retries.ts'
import { activeSample, finishedRoot, openRoot, sealedRoot, type RootFacts } from './sample-root.ts'
import type { SampleScope } from './scope.ts'
import { crashedScorer } from './scores.ts'
import { attribute } from './semconv.ts'

/** The trace of one sample of one epoch: its root, its attempts and what happened in them. */
export class SampleTrace {
  readonly #scope: SampleScope
  #attempt: Attempt | undefined
  #attempts = 0
  /** Of an attempt that is over for good, but whose events may still be missing: the finished sample has them. */
  #error: EvalError | undefined
  readonly #retries = new Retries()
  #first: HrTime | undefined
  #last: HrTime | undefined
  #started = false

  constructor(scope: SampleScope) {
    this.#scope = scope
  }

  get traceId(): string {
    return this.#scope.traceId
  }

  init(summary: EvalSampleSummary, time: HrTime | undefined): Mapped<RawItem> {
    return { items: [], open: time ? [openRoot(summary, time, this.#scope)] : [] }
  }

  start(time: HrTime): Mapped<RawItem> {
    this.#started = true
    return {
      items: [
        markItem(this.#scope.traceId, `${this.#scope.rootSpanId}|start`, time, activeSample(1, time, this.#scope)),
      ],
      open: [],
    }
  }

  attemptStart(data: SampleAttemptStart, time: HrTime | undefined): Mapped<RawItem> {
    this.#attempts = Math.max(this.#attempts, data.attempt)
    this.#attempt = new Attempt(this.#scope, data.attempt, this.#retries, time)
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

  event(event: Event): Mapped<RawItem> {
    // Without its attempt's start an event cannot be placed yet; the finished sample brings it again.
    return this.#attempt?.event(event) ?? { items: [], open: [] }
  }

  retry(retry: Retry): void {
    this.#retries.add(retry)
  }

  attemptEnd(data: SampleAttemptEnd): Mapped<RawItem> {
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
  end(sample: EvalSample, hookTime: HrTime | undefined): Mapped<RawItem> {
    const completed = parseTime(sample.completed_at)
    const attempt = this.#attempt ?? new Attempt(this.#scope, 0, this.#retries, undefined)
    const items = this.#finishAttempt(
      attempt,
      { error: sample.error, outcome: sample.error ? 'failed' : 'success' },
      sample.events,
      completed,
      crashedScorer(sample),
    )
    const end = completed ?? this.#last ?? hookTime ?? [0, 0]
    const firstEvent = parseTime(sample.events[0]?.timestamp)
    const start = earliest(earliest(firstEvent, parseTime(sample.started_at)) ?? end, this.#first)
    const told = attempt.number > 0 || attempt.toldError
    return {
      items: [...items, ...finishedRoot(sample, this.#facts(start, latest(start, end)), told, this.#scope)],
      open: [],
    }
  }

  /** Nothing more will come, and the sample's end did not: closed as incomplete, at the last that was seen of it. */
  seal(time: HrTime): Mapped<RawItem> {
    const attempt = this.#attempt
    const items = attempt
      ? this.#finishAttempt(attempt, { error: this.#error, outcome: 'incomplete' }, undefined, attempt.end)
      : []
    const start = this.#first ?? this.#last ?? time
    const end = latest(start, this.#last ?? time)
    return { items: [...items, sealedRoot(this.#facts(start, end), this.#scope)], open: [] }
  }

  #facts(start: HrTime, end: HrTime): RootFacts {
    return { start, end, attempts: this.#attempts, started: this.#started, retries: this.#retries.open }
  }

  #finishAttempt(
    attempt: Attempt,
    { error, outcome }: { error: EvalError | undefined; outcome: 'success' | 'retried' | 'failed' | 'incomplete' },
    events?: readonly Event[],
    completed?: HrTime,
    crash?: ScorerCrash,
  ): RawItem[] {
    const items = attempt.finish(events, completed, { error, crash })
    const end = attempt.end ?? this.#last ?? [0, 0]
    const start = attempt.start ?? end
    this.#first = earliest(this.#first, attempt.start)
    this.#last = latest(this.#last, attempt.end)
    if (attempt.number === 0) return items
    const { traceId, rootSpanId, suite } = this.#scope
    const failure = error && spanError(error, this.#scope.settings)
    const exception = recordException(attempt.toldError ? undefined : error, attempt.spanId, end, this.#scope)
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
      events: exception.events,
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
      ...exception.records,
    ]
  }
}
