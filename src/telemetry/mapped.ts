import { hash } from 'node:crypto'
import type { Attributes, AttributeValue, Draft, HrTime, Item, LogBody, Measurement, SpanBody } from '../delivery/item.ts'

/** A span that has begun and is not final: shown live where a caller's own provider is used, kept as a draft elsewhere. */
export type OpenSpan = Omit<SpanBody, 'end' | 'events' | 'links' | 'error'>

/** What an event gave: items that are final, and spans that have begun. */
export interface Mapped {
  readonly items: Item[]
  readonly open: OpenSpan[]
}

export function spanItem(body: SpanBody, measurements: readonly Measurement[] = []): Item<'span'> {
  return {
    object: body.traceId,
    id: body.spanId,
    kind: 'span',
    time: toDate(body.end),
    ...summaryOf(body),
    rule: 'once',
    body,
    measurements,
  }
}

export function logItem(id: string, body: LogBody, measurements: readonly Measurement[] = []): Item<'log'> {
  return {
    object: body.traceId,
    id,
    kind: 'log',
    time: toDate(body.time),
    ...summaryOf(body),
    rule: 'once',
    body,
    measurements,
  }
}

/** Measurements alone: of something that is no span, or of a span that is not sampled. */
export function markItem(object: string, id: string, time: HrTime, measurements: readonly Measurement[]): Item<'mark'> {
  return {
    object,
    id,
    kind: 'mark',
    time: toDate(time),
    digest: '',
    size: 0,
    rule: 'once',
    body: null,
    json: 'null',
    measurements,
  }
}

/** A span that has begun, as it is kept until its end is known. */
export function draftOf(open: OpenSpan): Draft {
  return { object: open.traceId, id: open.spanId, time: toDate(open.start), json: JSON.stringify(open) }
}

function summaryOf(body: SpanBody | LogBody): { digest: string; size: number; json: string } {
  const json = JSON.stringify(body)
  return { digest: hash('sha1', json, 'hex').slice(0, 16), size: json.length, json }
}

function toDate([seconds, nanoseconds]: HrTime): Date {
  return new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6))
}

/** Attributes whose undefined, null and non-finite values are left out. */
export function attributesOf(values: { readonly [name: string]: AttributeValue | null | undefined }): Attributes {
  const attributes: { [name: string]: AttributeValue } = {}
  for (const name in values) {
    const value = values[name]
    if (value === undefined || value === null) continue
    if (typeof value === 'number' && !Number.isFinite(value)) continue
    attributes[name] = value
  }
  return attributes
}
