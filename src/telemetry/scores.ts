import type { Attributes, HrTime, Measurement, SpanBody } from '../delivery/item.ts'
import type { EvalSample, Event, Score, ScoreEvent, ScoreEditEvent, ScoreValue } from '../inspect/records.ts'
import { jsonText } from '../inspect/json-text.ts'
import { compareTimes, parseTime } from '../time.ts'
import type { ScorerCrash } from './attempt.ts'
import { contentOf } from './content.ts'
import { cut } from './cut.ts'
import { spanError } from './errors.ts'
import { spanId } from './ids.ts'
import { instrument, measure } from './instruments.ts'
import { attributesOf, logItem, spanItem, type RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { resultOf, scalarsOf, type Result } from './score-values.ts'
import { attribute, event as eventName } from './semconv.ts'
import type { TelemetrySettings } from './settings.ts'

/** Spans hold 128 events at most, and a sample's root has other ones too. */
const maximumSpanEvents = 96
/** Characters of a score that is free text. */
const maximumText = 100

export interface Evaluations {
  readonly items: RawItem[]
  /** The same results for the sample's root span: what a backend without logs shows. */
  readonly events: SpanBody['events']
  /** `pass` or `fail` when a scorer gave a verdict; all must have passed. */
  readonly verdict: 'pass' | 'fail' | undefined
}

/** The results of a finished sample: one for each scalar of each score, as `gen_ai.evaluation.result`. */
export function evaluationsOf(sample: EvalSample, scope: SampleScope, end: HrTime): Evaluations {
  const { settings } = scope
  const { content } = settings
  const results = Object.entries(sample.scores ?? {}).flatMap(([name, score]) => {
    // A score that was edited afterwards is told as it was; the edit is told apart.
    const original: Score = { ...score, ...score.history?.[0] } as Score
    const time = scoredAt(name, original, sample.events) ?? end
    return scalarsOf(name, original.value).map((scalar) => ({
      ...scalar,
      ...resultOf(scalar.value),
      score: original,
      time,
    }))
  })
  // What was scored anew later is no part of the sample that was finished then.
  const within = results.filter((result) => compareTimes(result.time, end) <= 0)
  const verdicts = within.flatMap((result) => (result.verdict === undefined ? [] : [result.verdict]))
  return {
    items: [
      ...results.map((result) =>
        logItem(
          recordId(`result|${result.name}`, scope),
          record(
            result.time,
            resultAttributes(result.name, result, result.score, content.events, settings),
            scope.rootSpanId,
            scope,
          ),
          resultMeasurements(result.name, result, result.time, scope),
        ),
      ),
      ...crashItems(sample, end, scope),
      ...sample.events.flatMap((event, index) =>
        event.event === 'score' && event.intermediate ? intermediateItems(event, index, scope) : [],
      ),
      ...editsOf(sample, scope),
    ],
    events: within.slice(0, maximumSpanEvents).map((result) => ({
      name: eventName.evaluationResult,
      time: result.time,
      attributes: resultAttributes(result.name, result, result.score, content.spans, settings),
    })),
    verdict: verdicts.length === 0 ? undefined : verdicts.every(Boolean) ? 'pass' : 'fail',
  }
}

function crashItems(sample: EvalSample, end: HrTime, scope: SampleScope): RawItem[] {
  const crash = crashedScorer(sample)
  if (!crash) return []
  const attributes = {
    [attribute.evaluationName]: crash.name,
    [attribute.errorType]: spanError(crash.error, scope.settings).type,
  }
  return [logItem(recordId(`result|${crash.name}`, scope), record(end, attributes, scope.rootSpanId, scope))]
}

/** The scorer that raised the sample's error: the last one, when it gave no score. */
export function crashedScorer({ error, events }: EvalSample): (ScorerCrash & { readonly name: string }) | undefined {
  if (!error) return undefined
  const last = events.findLast((event) => event.event === 'span_begin' && event.type === 'scorer')
  if (last?.event !== 'span_begin') return undefined
  const scored = events.some((event) => event.event === 'score' && event.span_id === last.id)
  return scored ? undefined : { spanId: last.id, error, name: last.name }
}

function scoredAt(name: string, score: Score, events: readonly Event[]): HrTime | undefined {
  const finals = events.filter((event): event is ScoreEvent => event.event === 'score' && !event.intermediate)
  const value = jsonText(score.value)
  const match =
    finals.find((event) => event.scorer === name) ?? finals.find((event) => jsonText(event.score.value) === value)
  return parseTime(match?.timestamp)
}

function resultAttributes(
  name: string,
  result: Result,
  score: Score,
  withContent: boolean,
  settings: TelemetrySettings,
): Attributes {
  return {
    ...attributesOf({
      [attribute.evaluationName]: name,
      [attribute.scoreValue]: result.value,
      [attribute.scoreLabel]:
        result.label ??
        (withContent && result.text !== undefined ? cut(result.text, maximumText, settings.masker) : undefined),
    }),
    ...(withContent ? contentOf({ [attribute.explanation]: score.explanation }, settings) : {}),
  }
}

/** Names of scorers tell records apart within a sample, which is not always a trace of its own. */
function recordId(id: string, { task, traceId, rootSpanId }: SampleScope): string {
  return task.traceId === traceId ? `${id}|${rootSpanId}` : id
}

function record(
  time: HrTime,
  attributes: Attributes,
  contextSpanId: string,
  scope: SampleScope,
): RawItem<'log'>['body'] {
  return {
    traceId: scope.traceId,
    spanId: contextSpanId,
    eventName: eventName.evaluationResult,
    time,
    severity: 'info',
    attributes: { ...attributes, ...scope.identity },
  }
}

function resultMeasurements(name: string, result: Result, time: HrTime, scope: SampleScope): Measurement[] {
  const scorer = { [attribute.suiteName]: scope.suite, [attribute.evaluationName]: name }
  const value = result.unit ? result.value : undefined
  return [
    ...measure(instrument.score, value, { ...scorer, [attribute.requestModel]: scope.model.model }, time),
    ...(result.unit && result.label !== undefined
      ? measure(instrument.result, 1, { ...scorer, [attribute.scoreLabel]: result.label }, time)
      : []),
  ]
}

function intermediateItems(event: ScoreEvent, index: number, scope: SampleScope): RawItem[] {
  const time = parseTime(event.timestamp)
  if (!time) return []
  const withContent = scope.settings.content.events
  return scalarsOf(event.scorer ?? 'score', event.score.value).map(({ name, value }) =>
    logItem(
      recordId(`intermediate|${event.uuid ?? index}|${name}`, scope),
      record(
        time,
        {
          ...resultAttributes(name, resultOf(value), event.score, withContent, scope.settings),
          [attribute.scoreIntermediate]: true,
        },
        scope.rootSpanId,
        scope,
      ),
    ),
  )
}

/** Edits in their order: each says what it changes, and the rest stays as the ones before it left it. */
function editsOf(sample: EvalSample, scope: SampleScope): RawItem[] {
  const current = new Map(
    Object.entries(sample.scores ?? {}).map(([name, score]) => [name, score.history?.[0]?.value ?? score.value]),
  )
  return sample.events.flatMap((event) => {
    if (event.event !== 'score_edit') return []
    const { value } = event.edit
    if (value !== undefined && value !== 'UNCHANGED') current.set(event.score_name, value)
    return editItems(event, current.get(event.score_name) ?? Number.NaN, scope)
  })
}

/** An edit is a small span of its own, long after the sample's end, linked to the sample whose result it replaces. */
function editItems(event: ScoreEditEvent, value: ScoreValue, scope: SampleScope): RawItem[] {
  const time = parseTime(event.timestamp)
  if (!time) return []
  const { explanation } = event.edit
  const key = event.uuid ?? recordId(`${event.score_name}|${event.timestamp}`, scope)
  const id = spanId(scope.traceId, 'score_edit', key)
  const score: Score = { value, explanation: explanation === 'UNCHANGED' ? undefined : explanation }
  const results = scalarsOf(event.score_name, score.value).map((scalar) => ({
    ...scalar,
    ...resultOf(scalar.value),
  }))
  const marks = { [attribute.scoreEdited]: true }
  return [
    spanItem({
      traceId: scope.traceId,
      spanId: id,
      parentSpanId: scope.rootSpanId,
      name: `evaluation ${event.score_name}`,
      kind: 'internal',
      start: time,
      end: time,
      attributes: {
        [attribute.openinferenceKind]: 'EVALUATOR',
        [attribute.evaluationName]: event.score_name,
        ...marks,
      },
      events: results.slice(0, maximumSpanEvents).map((result) => ({
        name: eventName.evaluationResult,
        time,
        attributes: {
          ...resultAttributes(result.name, result, score, scope.settings.content.spans, scope.settings),
          ...marks,
        },
      })),
      links: [{ traceId: scope.traceId, spanId: scope.rootSpanId, attributes: { [attribute.linkType]: 'evaluation' } }],
    }),
    ...results.map((result) =>
      logItem(
        recordId(`edit|${key}|${result.name}`, scope),
        record(
          time,
          { ...resultAttributes(result.name, result, score, scope.settings.content.events, scope.settings), ...marks },
          id,
          scope,
        ),
      ),
    ),
  ]
}
