import type { HrTime, Measurement } from '../delivery/item.ts'
import type { EvalError, SpanBeginEvent, ToolEvent } from '../inspect/records.ts'
import { secondsBetween } from '../time.ts'
import { toolContent } from './content.ts'
import { spanError } from './errors.ts'
import { recordException } from './exceptions.ts'
import { instrument, measure } from './instruments.ts'
import { attributesOf, spanItem, type RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { attribute } from './semconv.ts'

export interface Place {
  readonly spanId: string
  readonly parentSpanId: string
  readonly start: HrTime
  readonly end: HrTime
  /** Its end, or its begin, is not known. */
  readonly incomplete?: boolean | undefined
}

/** What an agent did by itself, not through other agents. */
export interface AgentCalls {
  readonly inference: number
  readonly tool: number
}

/** Wrapper spans are named after their type, and so are those without a name of their own. */
export function spanName(begin: Pick<SpanBeginEvent, 'type' | 'name'>): string {
  if (begin.type === 'agent') return `invoke_agent ${begin.name}`
  if (begin.type === 'tool') return `execute_tool ${begin.name}`
  const name: string | undefined = begin.name
  if (!name) return begin.type ?? 'span'
  return begin.type === undefined || begin.type === name ? name : `${begin.type} ${name}`
}

/** A span of Inspect's transcript: solver, scorer, agent, init, handoff, … */
export function transcriptItems(
  begin: SpanBeginEvent,
  place: Place,
  { calls, error }: { readonly calls: AgentCalls; readonly error?: EvalError | undefined },
  scope: SampleScope,
): RawItem[] {
  const failure = error && spanError(error, scope.settings)
  const exception = recordException(error, place.spanId, place.end, scope)
  const agent = begin.type === 'agent'
  const span = spanItem(
    {
      traceId: scope.traceId,
      spanId: place.spanId,
      parentSpanId: place.parentSpanId,
      name: spanName(begin),
      kind: 'internal',
      start: place.start,
      end: place.end,
      attributes: attributesOf({
        [attribute.operation]: agent ? 'invoke_agent' : begin.type === 'tool' ? 'execute_tool' : undefined,
        [attribute.agentName]: agent ? begin.name : undefined,
        [attribute.toolName]: begin.type === 'tool' ? begin.name : undefined,
        [attribute.openinferenceKind]: agent || begin.type === 'tool' ? undefined : kindOf(begin.type),
        [attribute.spanType]: begin.type,
        [attribute.spanName]: begin.name,
        [attribute.spanId]: begin.id,
        [attribute.errorType]: failure?.type,
        [attribute.spanIncomplete]: place.incomplete || undefined,
      }),
      events: exception.events,
      links: [],
      error: failure && { message: failure.message },
    },
    agent ? agentMeasurements(begin.name, place, calls, failure?.type, scope) : [],
  )
  return [span, ...exception.records]
}

function kindOf(type: string | undefined): string {
  return type === 'scorer' || type === 'scorers' ? 'EVALUATOR' : 'CHAIN'
}

function agentMeasurements(
  name: string,
  place: Place,
  calls: AgentCalls,
  errorType: string | undefined,
  scope: SampleScope,
): Measurement[] {
  const agent = attributesOf({ [attribute.agentName]: name })
  const outcome = attributesOf({ ...agent, [attribute.errorType]: errorType })
  return [
    ...measure(instrument.agentDuration, secondsBetween(place.start, place.end), outcome, place.end),
    ...(scope.settings.generation === 'latest'
      ? [
          ...measure(instrument.agentInferenceCalls, calls.inference, agent, place.end),
          ...measure(instrument.agentToolCalls, calls.tool, agent, place.end),
        ]
      : []),
  ]
}

/** A tool call, merged with the span that holds what the tool did. */
export function toolItems(
  event: ToolEvent,
  place: Place,
  inspectSpanId: string | undefined,
  agent: string | undefined,
  scope: SampleScope,
): RawItem[] {
  const error = event.error
    ? { type: event.error.type, message: spanError(event.error, scope.settings).message }
    : event.failed
      ? { type: '_OTHER', message: `tool ${event.function} failed` }
      : undefined
  // Other errors are an answer that the model gets; this one nobody handled.
  const unhandled = event.failed && error ? { message: error.message, traceback: '', traceback_ansi: '' } : undefined
  const exception = recordException(unhandled, place.spanId, place.end, scope)
  const span = spanItem(
    {
      traceId: scope.traceId,
      spanId: place.spanId,
      parentSpanId: place.parentSpanId,
      name: `execute_tool ${event.function}`,
      kind: 'internal',
      start: place.start,
      end: place.end,
      attributes: {
        ...attributesOf({
          [attribute.operation]: 'execute_tool',
          [attribute.toolName]: event.function,
          [attribute.toolCallId]: event.id,
          [attribute.toolType]: event.type ?? 'function',
          [attribute.errorType]: error?.type,
          [attribute.toolTruncated]: event.truncated ? true : undefined,
          [attribute.toolWorkingTime]: event.working_time,
          [attribute.spanId]: inspectSpanId,
          [attribute.spanIncomplete]: place.incomplete || undefined,
        }),
        ...(scope.settings.content.spans ? toolContent(event, scope.settings) : {}),
      },
      events: exception.events,
      links: [],
      error: error && { message: error.message },
    },
    measure(
      instrument.toolDuration,
      secondsBetween(place.start, place.end),
      attributesOf({
        [attribute.toolName]: event.function,
        [attribute.agentName]: agent,
        [attribute.toolType]: event.type ?? 'function',
        [attribute.errorType]: error?.type,
      }),
      place.end,
    ),
  )
  return [span, ...exception.records]
}
