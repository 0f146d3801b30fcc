import { EvalspanError } from '../errors.ts'

/** Limits of what one span holds; what is over them is left out and counted. OpenTelemetry's defaults. */
export interface SpanLimits {
  readonly attributes: number
  /** Characters of an attribute's text. */
  readonly valueLength: number
  readonly events: number
  readonly links: number
  readonly eventAttributes: number
  readonly linkAttributes: number
}

/** Limits of what one log record holds. */
export type LogLimits = Pick<SpanLimits, 'attributes' | 'valueLength'>

const most = 128

/** The limits of OpenTelemetry's standard variables: `OTEL_SPAN_…_LIMIT`, `OTEL_ATTRIBUTE_…_LIMIT` and their like. */
export function spanLimits(environment: NodeJS.ProcessEnv = process.env): SpanLimits {
  const limit = (...names: string[]): number | undefined => readLimit(environment, names)
  return {
    attributes: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT') ?? most,
    valueLength: limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? Infinity,
    events: limit('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? most,
    links: limit('OTEL_SPAN_LINK_COUNT_LIMIT') ?? most,
    eventAttributes: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT') ?? most,
    linkAttributes: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT') ?? most,
  }
}

export function logLimits(environment: NodeJS.ProcessEnv = process.env): LogLimits {
  const limit = (...names: string[]): number | undefined => readLimit(environment, names)
  return {
    attributes: limit('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT') ?? most,
    valueLength: limit('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? Infinity,
  }
}

function readLimit(environment: NodeJS.ProcessEnv, names: readonly string[]): number | undefined {
  const name = names.find((candidate) => environment[candidate]?.trim())
  if (name === undefined) return undefined
  const value = environment[name]!.trim()
  if (!/^\d+$/.test(value)) {
    throw new EvalspanError('BAD_OPTION', `${name} is "${value}", which is no limit: write a whole number from 0 on`)
  }
  return Number(value)
}
