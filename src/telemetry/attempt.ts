import type { EvalError, Event, ModelEvent, SpanBeginEvent, ToolEvent } from '../inspect/records.ts'
import { failedAttempts } from '../inspect/model-calls.ts'
import { addSeconds, formatTimestamp, isLater, latest, parseTime, type HrTime } from '../time.ts'
import { chatItems, type Retry } from './chat.ts'
import { spanId } from './ids.ts'
import { eventKey, leanEvent } from './event-key.ts'
import { retriesOfCalls, type OpenCall, type Retries } from './retries.ts'
import { lostBegins, raisedByScorer } from './lost-begins.ts'
import type { OpenSpan, RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { spanName, toolItems, transcriptItems } from './spans.ts'
import { TranscriptSpans } from './transcript-spans.ts'
import { mayBelong, pairsByTime, pairsInLog, type ToolSpan } from './tool-spans.ts'

const nothing = { items: [], open: [] }
const noCalls = { inference: 0, tool: 0 }

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
  readonly #retries: Retries
  /** When it began by its hook, for an attempt of which no event is left. */
  readonly #begun: HrTime | undefined
  readonly #spans: TranscriptSpans
  /** Spans of tools whose event is not known yet. */
  readonly #unpaired = new Map<string, SpanBeginEvent>()
  readonly #models = new Map<string, ModelEvent>()
  readonly #tools = new Map<string, ToolEvent>()
  /** By span: the error that escaped from it. */
  readonly #errors = new Map<string, EvalError>()
  #toldError = false
  readonly #done = new Set<string>()
  /** Spans in which a score was given. */
  readonly #scored = new Set<string>()
  readonly #calls = new Map<string, { inference: number; tool: number }>()
  /** Model events, and what follows each: enough to tell the attempts of a call apart. */
  readonly #trail: Event[] = []
  /** Of the first and the last event. */
  #start: string | undefined
  #end: string | undefined
  #ended: HrTime | undefined

  /** `number` 0 stands for a sample that never came to an attempt; its spans hang on the sample's. */
  constructor(scope: SampleScope, number: number, retries: Retries, begun: HrTime | undefined) {
    this.#scope = scope
    this.#spans = new TranscriptSpans(scope.traceId)
    this.#retries = retries
    this.#begun = begun
    this.number = number
    this.spanId = number === 0 ? scope.rootSpanId : spanId(scope.traceId, 'eval_attempt', attemptKey(scope, number))
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
    if (event.event === 'model' || this.#trail.at(-1)?.event === 'model') this.#trail.push(leanEvent(event))
    if (!this.#take(event)) return nothing
    switch (event.event) {
      case 'span_begin':
        return { items: [], open: this.#open(event) }
      case 'span_end':
        return { items: this.#transcriptSpan(event.id, undefined), open: [] }
      case 'model':
        return { items: this.#chatIfClear(eventKey(event), event), open: [] }
      case 'tool':
        return { items: this.#toolIfClear(eventKey(event), event), open: [] }
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
      ...this.#remainingTools(events, bound),
      ...this.#remainingChats(events, bound),
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
        if (event.type === 'tool') this.#unpaired.set(event.id, event)
        return true
      case 'span_end': {
        const at = this.#spans.endOf(event.id) ? undefined : parseTime(event.timestamp)
        if (at) this.#spans.end(event.id, at)
        return at !== undefined
      }
      case 'model': {
        const key = eventKey(event)
        if (this.#done.has(key)) return false
        if (!this.#models.has(key)) this.#count(event.span_id, 'inference')
        this.#models.set(key, event)
        return true
      }
      case 'tool': {
        const key = eventKey(event)
        if (this.#done.has(key)) return false
        if (!this.#tools.has(key)) this.#count(event.span_id, 'tool')
        this.#tools.set(key, event)
        return true
      }
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

  /** Undefined while the enclosing span is unknown. A parent that is in no log hangs its child on the attempt. */
  #enclosing(inspectSpanId: string | undefined): string | undefined {
    if (inspectSpanId === undefined) return this.spanId
    return this.#spans.beginOf(inspectSpanId) && this.#spans.idOf(inspectSpanId)
  }

  #parentOf(begin: SpanBeginEvent): string {
    if (begin.parent_id === undefined && begin.type === 'init') return this.#scope.rootSpanId
    return this.#enclosing(begin.parent_id) ?? this.spanId
  }

  #transcriptSpan(id: string, bound: HrTime | undefined): RawItem[] {
    const begin = this.#spans.beginOf(id)
    const known = this.#spans.endOf(id)
    const end = known ?? bound
    const start = begin && parseTime(begin.timestamp)
    if (!begin || !start || !end || this.#done.has(`span:${id}`)) return []
    // What is not clear yet waits: the event of a tool, which carries the result; a scorer that gave no score, maybe for
    // an error that is told later; a parent whose begin is to come.
    const crashed = begin.type === 'scorer' && !this.#scored.has(id)
    const unclear =
      begin.type === 'tool' || crashed || (begin.parent_id !== undefined && !this.#spans.beginOf(begin.parent_id))
    if (unclear && !bound) return []
    this.#done.add(`span:${id}`)
    const place = {
      spanId: this.#spans.idOf(id),
      parentSpanId: this.#parentOf(begin),
      start,
      end: latest(start, end),
      incomplete: !known,
    }
    const error = this.#errors.get(id)
    if (error) this.#toldError = true
    return transcriptItems(begin, place, { calls: this.#calls.get(id) ?? noCalls, error }, this.#scope)
  }

  /** A call during which there were back-offs waits until it is known whose they were. */
  #chatIfClear(key: string, event: ModelEvent): RawItem[] {
    const start = parseTime(event.timestamp)
    const end = parseTime(event.completed)
    if (!start || !end || this.#retries.between(event.model, start, end).length > 0) return []
    return this.#chat(key, event, undefined)
  }

  #chat(
    key: string,
    event: ModelEvent,
    bound: { end: HrTime; incomplete?: boolean; retries?: Retry[] } | undefined,
  ): RawItem[] {
    const parentSpanId = this.#enclosing(event.span_id) ?? (bound && this.spanId)
    const end = parseTime(event.completed) ?? bound?.end
    if (parentSpanId === undefined || !end) return []
    this.#models.delete(key)
    this.#done.add(key)
    const start = parseTime(event.timestamp) ?? end
    const place = {
      spanId: spanId(this.#scope.traceId, 'event', event.uuid ?? key),
      parentSpanId,
      end: latest(start, end),
      incomplete: bound?.incomplete ?? false,
    }
    const retries = bound?.retries ?? []
    this.#retries.take(retries)
    return chatItems(event, place, retries, this.#scope)
  }

  #remainingChats(events: readonly Event[] | undefined, bound: HrTime): RawItem[] {
    const endOfSpan = (id: string | undefined): HrTime | undefined => this.#spans.endOf(id) ?? bound
    const failed = this.#models.size > 0 ? failedAttempts(events ?? this.#trail, endOfSpan) : []
    const ends = new Map(failed.map((attempt) => [eventKey(attempt.event), attempt.end]))
    const calls = [...this.#models].map(([key, event]): OpenCall => ({
      key,
      event,
      ...this.#endOfCall(key, event, ends, endOfSpan, bound),
    }))
    const retries = retriesOfCalls(calls, failed, this.#retries)
    return calls.flatMap(({ key, event, end, incomplete }) =>
      this.#chat(key, event, { end, incomplete, retries: retries.get(key) ?? [] }),
    )
  }

  #endOfCall(
    key: string,
    event: ModelEvent,
    failed: ReadonlyMap<string, HrTime>,
    endOfSpan: (id: string | undefined) => HrTime | undefined,
    bound: HrTime,
  ): { end: HrTime; incomplete: boolean } {
    const known = parseTime(event.completed) ?? failed.get(key)
    if (known) return { end: known, incomplete: false }
    const start = parseTime(event.timestamp)
    const seconds = event.output?.time
    // Answered, and then stopped by the limit that the answer tripped.
    if (!event.pending && event.error === undefined && seconds !== undefined && start)
      return { end: addSeconds(start, seconds), incomplete: false }
    return { end: endOfSpan(event.span_id) ?? bound, incomplete: true }
  }

  #toolSpans(): ToolSpan[] {
    return [...this.#unpaired.values()].flatMap((begin) => {
      const end = this.#spans.endOf(begin.id)
      return end ? [{ begin, end }] : []
    })
  }

  #toolIfClear(key: string, event: ToolEvent): RawItem[] {
    let found: SpanBeginEvent | undefined
    for (const begin of this.#unpaired.values()) {
      if (!this.#spans.endOf(begin.id) || !mayBelong(event, begin)) continue
      if (found) return []
      found = begin
    }
    return found ? this.#tool(key, event, found, undefined) : []
  }

  #remainingTools(events: readonly Event[] | undefined, bound: HrTime): RawItem[] {
    const inLog = events ? pairsInLog(events, eventKey) : new Map<string, string>()
    const items = [...this.#tools].flatMap(([key, event]) => {
      const begin = this.#spans.beginOf(inLog.get(key))
      return begin && !this.#done.has(`span:${begin.id}`) ? this.#tool(key, event, begin, bound) : []
    })
    const byTime = pairsByTime([...this.#tools.values()], this.#toolSpans())
    return [
      ...items,
      ...[...this.#tools].flatMap(([key, event]) => this.#tool(key, event, byTime.get(event)?.begin, bound)),
    ]
  }

  #tool(key: string, event: ToolEvent, begin: SpanBeginEvent | undefined, bound: HrTime | undefined): RawItem[] {
    const parentSpanId = this.#enclosing(event.span_id) ?? (bound && this.spanId)
    const start = parseTime(event.timestamp)
    const known = parseTime(event.completed) ?? this.#spans.endOf(begin?.id)
    const end = known ?? bound
    if (parentSpanId === undefined || !start || !end) return []
    this.#tools.delete(key)
    this.#done.add(key)
    if (begin) {
      this.#done.add(`span:${begin.id}`)
      this.#unpaired.delete(begin.id)
    }
    const agent = this.#spans.agentOf(event.span_id)?.name
    const { traceId } = this.#scope
    const place = {
      spanId: begin ? this.#spans.idOf(begin.id) : spanId(traceId, 'event', event.uuid ?? key),
      parentSpanId,
      start,
      end: latest(start, end),
      incomplete: !known,
    }
    return toolItems(event, place, begin?.id, agent, this.#scope)
  }

  /** Counts a call for the agent that made it. */
  #count(inspectSpanId: string | undefined, what: 'inference' | 'tool'): void {
    const agent = this.#spans.agentOf(inspectSpanId)
    if (!agent) return
    const calls = this.#calls.get(agent.id) ?? { ...noCalls }
    calls[what] += 1
    this.#calls.set(agent.id, calls)
  }

  /** Spans whose begins the log has lost, so that what happened in them hangs where it did live. */
  #lostSpans(bound: HrTime, error: EvalError | undefined): RawItem[] {
    const start = this.start ?? bound
    const knowsScorers = this.#spans.ids.some((id) => this.#spans.beginOf(id)?.name === 'scorers')
    const within = { solvers: this.#scope.solvers, inScorer: raisedByScorer(error) && !knowsScorers }
    const lost = lostBegins(this.#spans.lostIds, within)
    for (const { begin } of lost) {
      this.#spans.begin(begin)
      this.#done.add(`span:${begin.id}`)
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
