import type {
  Attributes,
  AttributeValue,
  Draft,
  HrTime,
  Item,
  ItemKind,
  LogBody,
  Measurement,
  SpanBody,
  Subject,
} from '../delivery/item.ts'

/** A span that has begun and is not final: shown live where a caller's own provider is used, kept as a draft elsewhere. */
export interface OpenSpan extends Omit<SpanBody, 'end' | 'events' | 'links' | 'error'> {
  /** As far as they are known. */
  readonly links?: SpanBody['links'] | undefined
  /** Of a sample's root. */
  readonly subject?: Subject | undefined
}

/** An item as the mapping makes it: what is computed of its JSON text comes when it is masked. */
export type RawItem<K extends ItemKind = ItemKind> = { [P in K]: Omit<Item<P>, 'digest' | 'size' | 'json'> }[K]

/** What an event gave: items that are final, and spans that have begun. */
export interface Mapped<I extends RawItem = Item> {
  readonly items: I[]
  readonly open: OpenSpan[]
}

export function spanItem(
  body: SpanBody,
  measurements: readonly Measurement[] = [],
  subject?: Subject,
): RawItem<'span'> {
  const { traceId: object, spanId: id, end } = body
  return { object, id, kind: 'span', time: toDate(end), rule: 'once', body, measurements, ...(subject && { subject }) }
}

export function logItem(id: string, body: LogBody, measurements: readonly Measurement[] = []): RawItem<'log'> {
  return { object: body.traceId, id, kind: 'log', time: toDate(body.time), rule: 'once', body, measurements }
}

/** Measurements alone: of something that is no span, or of a span that is not sampled. */
export function markItem(
  object: string,
  id: string,
  time: HrTime,
  measurements: readonly Measurement[],
): RawItem<'mark'> {
  return { object, id, kind: 'mark', time: toDate(time), rule: 'once', body: null, measurements }
}

/** A span that has begun, as the store keeps it; masked if the span is, as those are that a mapping gives. */
export function draftOf({ subject, ...span }: OpenSpan): Draft {
  const draft = { object: span.traceId, id: span.spanId, time: toDate(span.start), json: JSON.stringify(span) }
  return subject ? { ...draft, subject } : draft
}

function toDate([seconds, nanoseconds]: HrTime): Date {
  return new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6))
}

/** Attributes whose undefined, null and non-finite values are left out, and what a damaged log has in their place. */
export function attributesOf(values: { readonly [name: string]: AttributeValue | null | undefined }): Attributes {
  const attributes: { [name: string]: AttributeValue } = {}
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && isAttributeValue(value)) attributes[name] = value
  }
  return attributes
}

function isAttributeValue(value: unknown): value is AttributeValue {
  if (!Array.isArray(value)) return isScalar(value)
  const type = typeof value[0]
  return value.every((part) => typeof part === type && isScalar(part))
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
