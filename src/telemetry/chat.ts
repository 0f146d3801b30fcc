import type { Attributes, AttributeValue, HrTime, Measurement } from '../delivery/item.ts'
import type { ModelRetry } from '../hooks/events.ts'
import type { ModelEvent, ModelOutput } from '../inspect/records.ts'
import { parseTime, secondsBetween } from '../time.ts'
import { chatContent } from './content.ts'
import { cancelled, spanError, type SpanError } from './errors.ts'
import { recordException, type RecordedException } from './exceptions.ts'
import { instrument, measure } from './instruments.ts'
import { modelName, type ModelName } from './models.ts'
import { attributesOf, spanItem, type RawItem } from './mapped.ts'
import type { SampleScope } from './scope.ts'
import { attribute, cacheWriteTokens, event as eventName } from './semconv.ts'
import { tokenUsage, type TokenUsage } from './usage.ts'

/** A back-off before a call was tried again. */
export interface Retry {
  readonly time: HrTime
  readonly data: ModelRetry
}

/** The span, and the exception if there was one, of one model event: one attempt of a call, or an answer from Inspect's cache. */
export function chatItems(
  event: ModelEvent,
  place: {
    readonly spanId: string
    readonly parentSpanId: string
    readonly end: HrTime
    readonly incomplete?: boolean
  },
  retries: readonly Retry[],
  scope: SampleScope,
): RawItem[] {
  const { settings } = scope
  const name = modelName(event.model)
  const cached = event.cache === 'read'
  const start = parseTime(event.timestamp) ?? place.end
  const error =
    event.error === undefined ? undefined : spanError({ message: event.error, traceback: event.traceback }, settings)
  const exception = exceptionOf(event, error, place, scope)
  const usage = event.output?.usage ? tokenUsage(event.output.usage) : undefined
  const answer = answerOf(event)
  const span = spanItem(
    {
      traceId: scope.traceId,
      spanId: place.spanId,
      parentSpanId: place.parentSpanId,
      name: `chat ${name.model}`,
      kind: name.remote && !cached ? 'client' : 'internal',
      start,
      end: place.end,
      attributes: {
        ...attributesOf({
          [attribute.operation]: 'chat',
          [attribute.provider]: name.provider,
          [attribute.requestModel]: name.model,
          [attribute.errorType]: error?.type,
          ...serverOf(event, scope),
          ...requestAttributes(event, scope),
          [attribute.responseModel]: answer?.model,
          [attribute.responseId]: responseId(event),
          [attribute.finishReasons]: answer?.choices.map((choice) => choice.stop_reason),
          ...(usage && !cached ? usageAttributes(usage, scope) : {}),
          [attribute.modelRole]: event.role,
          [attribute.modelRetries]: event.retries,
          [attribute.modelCache]: event.cache,
          [attribute.modelWorkingTime]: event.working_time,
          [attribute.spanIncomplete]: place.incomplete || undefined,
        }),
        ...(settings.content.spans ? chatContent(event, settings) : {}),
      },
      events: [
        ...retries.map((retry) => ({
          name: eventName.modelRetry,
          time: retry.time,
          attributes: retryAttributes(retry, name),
        })),
        ...exception.events,
      ],
      links: [],
      error: error && { message: error.message },
    },
    [
      ...callMeasurements(event, name, secondsBetween(start, place.end), place.end, error, usage, scope),
      ...retries.flatMap((retry) => retryMeasurements(retry, name)),
    ],
  )
  return [span, ...exception.records]
}

/** A call that was cancelled failed without an exception of its own. */
function exceptionOf(
  { error = '', traceback = '' }: ModelEvent,
  failure: SpanError | undefined,
  { spanId, end }: { readonly spanId: string; readonly end: HrTime },
  scope: SampleScope,
): RecordedException {
  const exception =
    failure && failure.type !== cancelled ? { message: error, traceback, traceback_ansi: '' } : undefined
  const name = scope.settings.generation === 'latest' ? eventName.modelException : eventName.exception
  return recordException(exception, spanId, end, scope, name)
}

/** A failed attempt carries an output too, an empty one. */
function answerOf(event: ModelEvent): ModelOutput | undefined {
  return event.error === undefined && event.output && event.output.choices.length > 0 ? event.output : undefined
}

/** Known of the task's own model alone. */
function serverOf(event: ModelEvent, { server }: SampleScope): { [name: string]: string | number | undefined } {
  if (server?.model !== event.model) return {}
  return { [attribute.serverAddress]: server.address, [attribute.serverPort]: server.port }
}

/** Settings of a call that are told as they are. */
const numbers: ReadonlyMap<string, string> = new Map([
  ['temperature', attribute.temperature],
  ['top_p', attribute.topP],
  ['top_k', attribute.topK],
  ['max_tokens', attribute.maxTokens],
  ['seed', attribute.seed],
  ['frequency_penalty', attribute.frequencyPenalty],
  ['presence_penalty', attribute.presencePenalty],
])

function requestAttributes({ config = {} }: ModelEvent, { settings }: SampleScope): Attributes {
  const attributes: { [name: string]: AttributeValue } = {}
  for (const setting in config) {
    const name = numbers.get(setting)
    const value = config[setting]
    if (name !== undefined && typeof value === 'number') attributes[name] = value
  }
  const { num_choices: choices, stop_seqs: stops, reasoning_effort: effort } = config
  if (typeof choices === 'number' && choices !== 1) attributes[attribute.choiceCount] = choices
  if (config['response_schema']) attributes[attribute.outputType] = 'json'
  // Text of the prompt's author.
  if (settings.content.spans && Array.isArray(stops) && stops.length > 0) {
    attributes[attribute.stopSequences] = stops.map(String)
  }
  if (settings.generation === 'latest' && typeof effort === 'string') attributes[attribute.reasoningLevel] = effort
  return attributes
}

function responseId(event: ModelEvent): string | undefined {
  const id = event.call?.response?.['id']
  return typeof id === 'string' && id !== '' && !id.startsWith('attachment://') ? id : undefined
}

function usageAttributes(usage: TokenUsage, { settings }: SampleScope): { [name: string]: number | undefined } {
  return {
    [attribute.inputTokens]: usage.input,
    [attribute.outputTokens]: usage.output,
    [attribute.cacheReadTokens]: usage.cacheRead,
    [cacheWriteTokens(settings.generation)]: usage.cacheWrite,
    [attribute.reasoningTokens]: usage.reasoning,
    [attribute.modelCost]: usage.cost,
  }
}

/** On the chat span, or on the sample's when no call could be told to be the retried one. */
export function retryAttributes({ data }: Retry, name: ModelName | undefined): Attributes {
  return attributesOf({
    [attribute.retryAttempt]: data.attempt,
    [attribute.retryWaitTime]: data.wait_time,
    [attribute.errorType]: data.exception_type,
    [attribute.httpStatus]: data.status_code,
    [attribute.requestModel]: name?.model ?? data.model_name,
  })
}

export function retryMeasurements(retry: Retry, name: ModelName | undefined): Measurement[] {
  const { data, time } = retry
  const model = {
    [attribute.provider]: name?.provider,
    [attribute.requestModel]: name?.model ?? data.model_name,
    [attribute.errorType]: data.exception_type ?? '_OTHER',
  }
  return [
    ...measure(instrument.modelRetry, 1, attributesOf({ ...model, [attribute.httpStatus]: data.status_code }), time),
    ...measure(instrument.modelRetryWait, data.wait_time, attributesOf(model), time),
  ]
}

function callMeasurements(
  event: ModelEvent,
  name: ModelName,
  seconds: number,
  time: HrTime,
  error: SpanError | undefined,
  usage: TokenUsage | undefined,
  scope: SampleScope,
): Measurement[] {
  const model = { [attribute.provider]: name.provider, [attribute.requestModel]: name.model }
  const lookup =
    event.cache === undefined
      ? []
      : measure(
          instrument.cacheLookup,
          1,
          { ...model, [attribute.cacheResult]: event.cache === 'read' ? 'hit' : 'miss' },
          time,
        )
  if (event.cache === 'read') {
    const saved = (type: string, value: number | undefined): Measurement[] =>
      measure(instrument.cacheSaved, value, { ...model, [attribute.tokenType]: type }, time)
    return [...lookup, ...saved('input', usage?.input), ...saved('output', usage?.output)]
  }
  const call = attributesOf({
    [attribute.operation]: 'chat',
    ...model,
    ...serverOf(event, scope),
    [attribute.responseModel]: answerOf(event)?.model,
  })
  const outcome = attributesOf({ ...call, [attribute.errorType]: error?.type })
  const cost = measure(instrument.cost, usage?.cost, { ...model, [attribute.suiteName]: scope.suite }, time)
  if (scope.settings.generation === 'latest') {
    return [
      ...lookup,
      ...measure(instrument.inferenceDuration, seconds, outcome, time),
      ...latestTokens(usage, call, outcome, time),
      ...cost,
    ]
  }
  const token = (type: string, value: number | undefined): Measurement[] =>
    measure(instrument.tokenUsage, value, { ...call, [attribute.tokenType]: type }, time)
  return [
    ...lookup,
    ...measure(instrument.operationDuration, seconds, outcome, time),
    ...token('input', usage?.input),
    ...token('output', usage?.output),
    ...cost,
  ]
}

function latestTokens(
  usage: TokenUsage | undefined,
  call: Attributes,
  outcome: Attributes,
  time: HrTime,
): Measurement[] {
  const modality = { ...call, [attribute.tokenModality]: 'unknown' }
  return [
    ...measure(instrument.inferenceInput, usage?.input ?? 0, modality, time),
    ...measure(instrument.inferenceOutput, usage?.output ?? 0, modality, time),
    ...measure(instrument.inferenceCacheRead, usage?.cacheRead, modality, time),
    ...measure(instrument.inferenceCacheWrite, usage?.cacheWrite, modality, time),
    ...measure(instrument.inferenceReasoning, usage?.reasoning, modality, time),
    ...measure(instrument.operationInput, usage?.input, outcome, time),
    ...measure(instrument.operationOutput, usage?.output, outcome, time),
  ]
}
