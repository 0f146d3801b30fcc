import { hash } from 'node:crypto'
import type { Attributes, HrTime, Item, LogBody, Measurement, SpanBody, Subject } from '../delivery/item.ts'
import type { Masker } from '../masking/masker.ts'
import { latest } from '../time.ts'
import { spanItem, type OpenSpan, type RawItem } from './mapped.ts'
import { attribute } from './semconv.ts'

/**
 * An item as it leaves the mapping: masked, with its JSON text, and the digest and the size of that. The one place where
 * these are made, so that nothing is computed of a secret. Trace and span ids are hashes and stay.
 */
export function finishItem(raw: RawItem, masker: Masker | undefined): Item {
  const measurements = masker ? raw.measurements?.map((each) => maskMeasurement(each, masker)) : raw.measurements
  const subject = raw.subject && maskSubject(raw.subject, masker)
  const common = { ...raw, id: maskId(raw, masker), measurements, ...(subject && { subject }) }
  if (raw.kind === 'span') return { ...common, kind: 'span', ...sealed(raw.body, masker, maskSpan) }
  if (raw.kind === 'log') return { ...common, kind: 'log', ...sealed(raw.body, masker, maskLog) }
  return { ...common, kind: 'mark', body: null, digest: '', size: 0, json: 'null' }
}

export function finishOpen(span: OpenSpan, masker: Masker | undefined): OpenSpan {
  if (!masker) return span
  const subject = span.subject && maskSubject(span.subject, masker)
  const { name, attributes, links } = span
  return {
    ...span,
    name: masker.text(name, 'name'),
    attributes: maskAttributes(attributes, masker),
    ...(links && { links: links.map((link) => ({ ...link, attributes: maskAttributes(link.attributes, masker) })) }),
    ...(subject && { subject }),
  }
}

/** The span of a draft (`draftOf`) whose end will never come, closed as incomplete. */
export function sealedDraft(json: string, end: HrTime): Item<'span'> {
  const { links = [], ...span } = JSON.parse(json) as OpenSpan
  const body: SpanBody = {
    ...span,
    end: latest(span.start, end),
    attributes: { ...span.attributes, [attribute.incomplete]: true },
    events: [],
    links,
  }
  return { ...spanItem(body), ...sealed(body, undefined, maskSpan) }
}

function sealed<B extends SpanBody | LogBody>(
  raw: B,
  masker: Masker | undefined,
  mask: (body: B, masker: Masker) => B,
): { body: B; json: string; digest: string; size: number } {
  let body = raw
  let json = JSON.stringify(body)
  if (masker?.concerns(json)) {
    body = mask(body, masker)
    json = JSON.stringify(body)
  }
  return { body, json, digest: hash('sha1', json, 'hex').slice(0, 16), size: json.length }
}

function maskSpan(body: SpanBody, masker: Masker): SpanBody {
  const { error } = body
  return {
    ...body,
    name: masker.text(body.name, 'name'),
    attributes: maskAttributes(body.attributes, masker),
    events: body.events.map((event) => ({ ...event, attributes: maskAttributes(event.attributes, masker) })),
    links: body.links.map((link) => ({ ...link, attributes: maskAttributes(link.attributes, masker) })),
    ...(error && { error: { message: masker.text(error.message, 'message') } }),
  }
}

function maskLog(body: LogBody, masker: Masker): LogBody {
  return { ...body, attributes: maskAttributes(body.attributes, masker) }
}

/** Names are ours but for those of a task's metrics, which its scorers make up. */
function maskAttributes(attributes: Attributes, masker: Masker): Attributes {
  const masked = Object.entries(attributes).map(([name, value]): [string, Attributes[string]] => [
    name.startsWith(attribute.metricPrefix) ? masker.text(name) : name,
    typeof value === 'string' ? masker.text(value, name) : Array.isArray(value) ? maskList(value, name, masker) : value,
  ])
  return Object.fromEntries(masked)
}

function maskList(list: readonly unknown[], name: string, masker: Masker): Attributes[string] {
  return list.map((item) => (typeof item === 'string' ? masker.text(item, name) : item)) as string[]
}

function maskMeasurement(measurement: Measurement, masker: Masker): Measurement {
  for (const name in measurement.attributes) {
    const value = measurement.attributes[name]
    if (typeof value === 'string' && masker.text(value, name) !== value) {
      return { ...measurement, attributes: maskAttributes(measurement.attributes, masker) }
    }
  }
  return measurement
}

function maskSubject(subject: Subject, masker: Masker | undefined): Subject {
  if (!masker) return subject
  const { task, sample, epoch, uuid } = subject
  return {
    task: masker.text(task, 'task'),
    sample: masker.text(sample, 'sample'),
    epoch,
    uuid: masker.text(uuid, 'uuid'),
  }
}

/** Ids of records have names of scorers in them, other ids are hashes. What is masked must not fall together with others. */
function maskId({ id }: RawItem, masker: Masker | undefined): string {
  if (!masker || /^[0-9a-f]{16}(?:\|start)?$/.test(id)) return id
  const masked = masker.text(id, 'id')
  return masked === id ? id : `${masked}|${hash('sha256', id, 'hex').slice(0, 16)}`
}
