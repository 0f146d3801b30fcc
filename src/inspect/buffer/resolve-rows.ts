import { asFields, dropNulls, expectTypeIfThere, isFields, visitList, type Fields } from '../fields.ts'
import { migrateEvent } from '../migrate-event.ts'
import { migrateMessage } from '../migrate-message.ts'
import type { EvalSample, EvalSampleSummary, Event } from '../records.ts'
import { resolveAttachments, resolveModelEvent } from '../resolve.ts'
import { toSampleKey } from '../sample-key.ts'
import { parseText } from '../text.ts'
import { toUtc } from '../to-utc.ts'
import type { BufferRows, EventRow, Pool, SampleRow } from './rows.ts'

/** An event, or why it cannot be read. */
export type ReadEvent =
  | { readonly cursor: number; readonly event: Event; readonly error?: undefined }
  | { readonly cursor: number; readonly event?: undefined; readonly error: unknown }

/** The events of one sample as they were before Inspect took out of them what it stores once; all of one moment. */
export function eventsOf(taken: readonly EventRow[], id: string, epoch: number, rows: BufferRows): ReadEvent[] {
  const parsed = taken.map(({ id: cursor, data }) => ({ cursor, ...attempt(() => eventOf(data)) }))
  const models = parsed.flatMap(({ value }) => (value?.['event'] === 'model' ? [value] : []))
  const read = (pool: Pool, ranges: readonly Range[], entryOf: (text: string) => unknown): PoolEntries =>
    readPool(ranges, (start, end) => rows.pool(pool, id, epoch, start, end), entryOf)
  const messages = read('message_pool', models.flatMap(messageRanges), messageOf)
  const calls = read('call_pool', models.flatMap(callRanges), parseText)
  resolveAttachments([models, parsed, messages.entries], (hash) => rows.attachment(id, epoch, hash))
  return parsed.map(({ cursor, value, error }): ReadEvent => {
    if (!value) return { cursor, error }
    const damage =
      value['event'] === 'model' && (damageIn(messages, messageRanges(value)) ?? damageIn(calls, callRanges(value)))
    if (damage) return { cursor, error: damage.error }
    const { error: unresolved } = attempt(() => {
      if (value['event'] === 'model') resolveModelEvent(value, { messages: messages.entries, calls: calls.entries })
    })
    return unresolved === undefined ? { cursor, event: value as unknown as Event } : { cursor, error: unresolved }
  })
}

/** What the buffer says of a sample, as the hooks have it. */
export function summaryOf(row: SampleRow, rows: BufferRows): EvalSampleSummary {
  const summary = asFields(parseText(row.data ?? ''), 'the summary')
  dropNulls(summary)
  expectTypeIfThere(summary, 'uuid', 'string')
  for (const name of ['started_at', 'completed_at']) {
    if (name in summary) summary[name] = toUtc(summary[name])
  }
  if (toSampleKey(summary) === undefined) throw new Error('the summary has no usable id and epoch')
  if (Array.isArray(summary['input'])) visitList(summary, 'input', migrateMessage)
  resolveAttachments([summary], (hash) => rows.attachment(row.id, row.epoch, hash))
  return summary as unknown as EvalSampleSummary
}

/** Left out where the buffer has none. */
export function metadataOf({ metadata }: SampleRow): Pick<EvalSample, 'metadata'> {
  if (metadata === null) return {}
  const fields = asFields(parseText(metadata), 'the metadata')
  dropNulls(fields)
  return { metadata: fields as EvalSample['metadata'] }
}

function eventOf(text: string | null): Fields {
  const event = asFields(parseText(text ?? ''), 'the event')
  migrateEvent(event)
  return event
}

function messageOf(text: string): Fields {
  const message = asFields(parseText(text), 'the message')
  migrateMessage(message)
  return message
}

type Range = readonly [start: number, end: number]

function rangesIn(references: unknown): Range[] {
  return Array.isArray(references) ? references.filter(isRange) : []
}

function isRange(range: unknown): range is Range {
  return Array.isArray(range) && range.length === 2 && range.every((at) => Number.isSafeInteger(at) && at >= 0)
}

function messageRanges(event: Fields): Range[] {
  return rangesIn(event['input_refs'])
}

function callRanges({ call }: Fields): Range[] {
  return isFields(call) ? rangesIn(call['call_refs']) : []
}

interface PoolEntries {
  /** Each at its place; those that were not asked for are missing. */
  readonly entries: unknown[]
  readonly damaged: readonly { readonly index: number; readonly error: unknown }[]
}

/** As much of a pool as the ranges need. */
function readPool(
  ranges: readonly Range[],
  read: (start: number, end: number) => (string | null)[],
  entryOf: (text: string) => unknown,
): PoolEntries {
  if (ranges.length === 0) return { entries: [], damaged: [] }
  const start = ranges.reduce((first, [from]) => Math.min(first, from), Infinity)
  const end = ranges.reduce((last, [, to]) => Math.max(last, to), 0)
  const found = read(start, end).map((text) => attempt(() => entryOf(text ?? '')))
  return {
    // Ranges may lie far beyond the pool.
    entries: found.length === 0 ? [] : [...Array.from({ length: start }), ...found.map(({ value }) => value)],
    damaged: found.flatMap(({ value, error }, index) => (value === undefined ? [{ index: start + index, error }] : [])),
  }
}

function damageIn({ damaged }: PoolEntries, ranges: readonly Range[]): PoolEntries['damaged'][number] | undefined {
  return damaged.find(({ index }) => ranges.some(([start, end]) => start <= index && index < end))
}

function attempt<T>(read: () => T): { value?: T; error?: unknown } {
  try {
    return { value: read() }
  } catch (error) {
    return { error }
  }
}
