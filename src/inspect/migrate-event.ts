import { migrateError } from './migrate-error.ts'
import {
  dropNulls,
  expectType,
  expectTypeIfThere,
  fieldsIn,
  isFields,
  listIn,
  visit,
  visitList,
  type Fields,
} from './fields.ts'
import { migrateConfig } from './migrate-config.ts'
import { migrateMessage, migrateOutput } from './migrate-message.ts'
import { migrateScore } from './migrate-score.ts'
import { toUtc } from './to-utc.ts'

/** Brings an event of an older log to the present form, in place. Kinds that are not known stay as they are. */
export function migrateEvent(event: Fields): void {
  expectType(event, 'event', 'string')
  event['timestamp'] = toUtc(event['timestamp'])
  expectType(event, 'timestamp', 'string')
  for (const [name, type] of common) {
    if (event[name] === null) delete event[name]
    expectTypeIfThere(event, name, type)
  }
  migrations.get(event['event'])?.(event)
}

const common = [
  ['uuid', 'string'],
  ['span_id', 'string'],
  ['working_start', 'number'],
] as const

const migrations: ReadonlyMap<unknown, (event: Fields) => void> = new Map([
  ['model', migrateModelEvent],
  ['tool', migrateToolEvent],
  ['subtask', migrateSubtaskEvent],
  ['sandbox', migrateEnd],
  ['sample_init', migrateSampleInitEvent],
  ['score', migrateScoreEvent],
  ['score_edit', migrateScoreEditEvent],
  ['error', migrateErrorEvent],
  ['logger', migrateLoggerEvent],
  ['branch', migrateBranchEvent],
  ['span_begin', migrateSpanBegin],
  ['span_end', migrateSpanEnd],
  ['sample_limit', dropNulls],
])

function migrateModelEvent(event: Fields): void {
  migrateEnd(event)
  expectType(event, 'model', 'string')
  for (const name of ['role', 'error', 'traceback', 'cache']) expectTypeIfThere(event, name, 'string')
  visitList(event, 'input', migrateMessage)
  listIn(event, 'tools')
  visit(event, 'config', migrateConfig)
  if ('output' in event) visit(event, 'output', migrateOutput)
  if ('call' in event) fieldsIn(event, 'call')
}

function migrateToolEvent(event: Fields): void {
  migrateEnd(event)
  expectType(event, 'function', 'string')
  for (const name of ['id', 'type']) expectTypeIfThere(event, name, 'string')
  fieldsIn(event, 'arguments')
  if ('error' in event) visit(event, 'error', migrateError)
  if ('events' in event) visitList(event, 'events', migrateEvent)
}

function migrateSubtaskEvent(event: Fields): void {
  const { result } = event
  migrateEnd(event)
  // A subtask may well have null for its result.
  if (result === null) event['result'] = null
  if (!isFields(event['input'])) event['input'] = {}
  if ('events' in event) visitList(event, 'events', migrateEvent)
}

function migrateEnd(event: Fields): void {
  dropNulls(event)
  expectTypeIfThere(event, 'working_time', 'number')
  if ('completed' in event) {
    event['completed'] = toUtc(event['completed'])
    expectType(event, 'completed', 'string')
  }
}

function migrateSpanBegin(event: Fields): void {
  dropNulls(event)
  expectType(event, 'id', 'string')
  for (const name of ['parent_id', 'type', 'name']) expectTypeIfThere(event, name, 'string')
}

function migrateSpanEnd(event: Fields): void {
  dropNulls(event)
  expectType(event, 'id', 'string')
}

function migrateSampleInitEvent(event: Fields): void {
  const { sample } = event
  if (isFields(sample) && Array.isArray(sample['input'])) visitList(sample, 'input', migrateMessage)
}

function migrateScoreEvent(event: Fields): void {
  dropNulls(event)
  visit(event, 'score', migrateScore)
  expectTypeIfThere(event, 'scorer', 'string')
}

function migrateScoreEditEvent(event: Fields): void {
  dropNulls(event)
  expectType(event, 'score_name', 'string')
  fieldsIn(event, 'edit')
}

function migrateErrorEvent(event: Fields): void {
  dropNulls(event)
  visit(event, 'error', migrateError)
}

function migrateLoggerEvent(event: Fields): void {
  const { message } = event
  if (!isFields(message)) return
  if (message['level'] === 'tools' || message['level'] === 'sandbox') message['level'] = 'trace'
}

function migrateBranchEvent(event: Fields): void {
  delete event['from_span']
  if (!('from_message' in event)) return
  event['from_anchor'] ??= event['from_message']
  delete event['from_message']
}
