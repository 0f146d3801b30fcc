import type { EvalError, Event, ModelEvent, SpanBeginEvent } from '../inspect/records.ts'
import { formatTimestamp, isLater, latest, parseTime, type HrTime } from '../time.ts'
import { CallCounts, noCalls } from './call-counts.ts'
import { spanId } from './ids.ts'
import { lostBegins, raisedByScorer } from './lost-begins.ts'
import type { OpenSpan, RawItem } from './mapped.ts'
import { OpenChats } from './open-chats.ts'
import { OpenTools } from './open-tools.ts'
import type { Retries } from './retries.ts'
import type { SampleScope } from './scope.ts'
import { spanName, transcriptItems } from './spans.ts'
import { TranscriptSpans } from './transcript-spans.ts'

const nothing = { items: [], open: [] }

/** A scorer that raised: its span, and what it raised. */
export interface ScorerCrash {
  readonly spanId: string
  readonly error: EvalError
}

/**
 * The spans of one attempt at a sample, from its events in any of the orders in which they come: live, where an event
 * comes when it is complete, twice or never, and from the finished sample, where all are in the order of their begin.
 * A span is given out once, as soon as nothing can change it any more.
 */
export class Attempt {
  readonly number: number
  readonly spanId: string
  readonly #scope: SampleScope
  /** When it began by its hook, for an attempt of which no event is left. */
  readonly #begun: HrTime | undefined
  readonly #spans: TranscriptSpans
  readonly #counts: CallCounts
  readonly #chats: OpenChats
  readonly #tools: OpenTools
  /** By span: the error that escaped from it. */
  readonly #errors = new Map<string, EvalError>()
  #toldError = false
  /** Spans in which a score was given. */
  readonly #scored = new Set<string>()
  /** Of the first and the last event. */
  #start: string | undefined
  #end: string | undefined
  #ended: HrTime | undefined

  /** `number` 0 stands for a sample that never came to an attempt; its spans hang on the sample's. */
  constructor(scope: SampleScope, number: number, retries: Retries, begun: HrTime | undefined) {
    this.#scope = scope
    this.#begun = begun
    this.number = number
    this.spanId = number === 0 ? scope.rootSpanId : spanId(scope.traceId, 'eval_attempt', attemptKey(scope, number))
    const spans = (this.#spans = new TranscriptSpans(scope.traceId, this.spanId))
    const counts = (this.#counts = new CallCounts(spans))
    const parts = { scope, spans, counts, done: new Set<string>() }
    this.#chats = new OpenChats(parts, retries)
    this.#tools = new OpenTools(parts)
  }

  /** An error escaped from one of its spans, which tells it. */
  get toldError(): boolean {
    return this.#toldError
  }

  /** When its first and its last event were, as far as they are known. */
  get start(): HrTime | undefined {
    return parseTime(this.#start) ?? this.#begun
  }

  get end(): HrTime | undefined {
    return this.#ended ?? parseTime(this.#end) ?? this.#begun
  }

  /** Takes an event and gives the spans that it made final, and the one that it began. */
  event(event: Event): { items: RawItem[]; open: OpenSpan[] } {
    this.#noteTime(event)
    this.#chats.follow(event)
    if (!this.#take(event)) return nothing
    switch (event.event) {
      case 'span_begin':
        return { items: [], open: this.#open(event) }
      case 'span_end':
        return { items: this.#transcriptSpan(event.id, undefined), open: [] }
      case 'model':
        return { items: this.#chats.ifClear(event), open: [] }
      case 'tool':
        return { items: this.#tools.ifClear(event), open: [] }
      default:
        return nothing
    }
  }

  /**
   * Gives all spans that are left. `events` are those of the finished sample, which also hold what got lost on the way
   * and what happened before the attempt began; `end` is when the attempt ended, for what was cut off by that; `error` is
   * what ended it.
   */
  finish(
    events: readonly Event[] | undefined,
    end: HrTime | undefined,
    { error, crash }: { readonly error: EvalError | undefined; readonly crash?: ScorerCrash | undefined },
  ): RawItem[] {
    const begun = events?.findIndex((event) => event.event === 'span_begin' && event.name === 'solvers') ?? -1
    const last = end && formatTimestamp(end)
    events?.forEach((event, index) => {
      const afterwards = last !== undefined && isLater(event.timestamp, last)
      if (begun >= 0 && index >= begun && !afterwards) this.#noteTime(event)
      this.#take(event)
    })
    this.#ended = end
    if (crash) this.#errors.set(crash.spanId, crash.error)
    const bound = this.end ?? [0, 0]
    return [
      ...this.#lostSpans(bound, error),
      ...this.#tools.remaining(events, bound),
      ...this.#chats.remaining(events, bound),
      ...this.#spans.ids.flatMap((id) => this.#transcriptSpan(id, bound)),
    ]
  }

  #noteTime(event: Event): void {
    const { timestamp } = event
    const completed = (event as ModelEvent).completed ?? timestamp
    if (this.#start === undefined || isLater(this.#start, timestamp)) this.#start = timestamp
    if (this.#end === undefined || isLater(completed, this.#end)) this.#end = completed
  }

  /** Remembers the event until its span is final; false when it already was, or when it is of no span. */
  #take(event: Event): boolean {
    switch (event.event) {
      case 'span_begin':
        if (!this.#spans.begin(event)) return false
        if (event.type === 'tool') this.#tools.begin(event)
        return true
      case 'span_end': {
        const at = this.#spans.endOf(event.id) ? undefined : parseTime(event.timestamp)
        if (at) this.#spans.end(event.id, at)
        return at !== undefined
      }
      case 'model':
        return this.#chats.take(event)
      case 'tool':
        return this.#tools.take(event)
      case 'score':
        if (event.span_id !== undefined) this.#scored.add(event.span_id)
        return false
      case 'error':
        if (event.span_id !== undefined) this.#errors.set(event.span_id, event.error)
        return false
      default:
        return false
    }
  }

  #open(begin: SpanBeginEvent): OpenSpan[] {
    const parentSpanId = this.#parentOf(begin)
    const start = parseTime(begin.timestamp)
    if (parentSpanId === undefined || !start) return []
    const { traceId } = this.#scope
    return [
      {
        traceId,
        spanId: this.#spans.idOf(begin.id),
        parentSpanId,
        name: spanName(begin),
        kind: 'internal',
        start,
        attributes: {},
      },
    ]
  }

  /** A parent that is in no log hangs its child on the attempt. */
  #parentOf(begin: SpanBeginEvent): string {
    if (begin.parent_id === undefined && begin.type === 'init') return this.#scope.rootSpanId
    return this.#spans.enclosing(begin.parent_id) ?? this.spanId
  }

  #transcriptSpan(id: string, bound: HrTime | undefined): RawItem[] {
    const begin = this.#spans.beginOf(id)
    const known = this.#spans.endOf(id)
    const end = known ?? bound
    const start = begin && parseTime(begin.timestamp)
    if (!begin || !start || !end || this.#spans.isGiven(id)) return []
    // What is not clear yet waits: the event of a tool, which carries the result; a scorer that gave no score, maybe for
    // an error that is told later; a parent whose begin is to come.
    const crashed = begin.type === 'scorer' && !this.#scored.has(id)
    const unclear =
      begin.type === 'tool' || crashed || (begin.parent_id !== undefined && !this.#spans.beginOf(begin.parent_id))
    if (unclear && !bound) return []
    this.#spans.give(id)
    const place = {
      spanId: this.#spans.idOf(id),
      parentSpanId: this.#parentOf(begin),
      start,
      end: latest(start, end),
      incomplete: !known,
    }
    const error = this.#errors.get(id)
    if (error) this.#toldError = true
    return transcriptItems(begin, place, { calls: this.#counts.of(id), error }, this.#scope)
  }

  /** Spans whose begins the log has lost, so that what happened in them hangs where it did live. */
  #lostSpans(bound: HrTime, error: EvalError | undefined): RawItem[] {
    const start = this.start ?? bound
    const knowsScorers = this.#spans.ids.some((id) => this.#spans.beginOf(id)?.name === 'scorers')
    const within = { solvers: this.#scope.solvers, inScorer: raisedByScorer(error) && !knowsScorers }
    const lost = lostBegins(this.#spans.lostIds, within)
    for (const { begin } of lost) {
      this.#spans.begin(begin)
      this.#spans.give(begin.id)
    }
    return lost.flatMap(({ begin, parent }) => {
      const parentSpanId = parent === undefined ? this.spanId : this.#spans.idOf(parent)
      const end = latest(start, this.#spans.endOf(begin.id))
      const place = { spanId: this.#spans.idOf(begin.id), parentSpanId, start, end, incomplete: true }
      return transcriptItems(begin, place, { calls: noCalls }, this.#scope)
    })
  }
}

/** In a trace of its own an attempt is known by its number; in the trace of a run the sample must be told as well. */
function attemptKey({ settings, rootSpanId }: SampleScope, number: number): string {
  return settings.traceShape === 'run' ? `${rootSpanId}|${number}` : String(number)
}
