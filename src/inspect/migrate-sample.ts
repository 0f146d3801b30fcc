import {
  asFields,
  dropNulls,
  expectType,
  expectTypeIfThere,
  fieldsIn,
  isFields,
  listIn,
  visit,
  visitList,
  visitValues,
} from './fields.ts'
import type { Fields } from './fields.ts'
import { migrateError } from './migrate-error.ts'
import { migrateEvent } from './migrate-event.ts'
import { migrateMessage, migrateOutput } from './migrate-message.ts'
import { migrateSandbox } from './migrate-sandbox.ts'
import { migrateScore } from './migrate-score.ts'
import { migrateUsage } from './migrate-usage.ts'
import { toUtc } from './to-utc.ts'

/** Under which Inspect keeps the score of a log that has one score without a name. */
const placeholder = '88F74D2C'

/**
 * Brings a sample of an older log to the present form, in place, pools of messages included. `scorer` names the score
 * that has no name of its own. An error names the field that is unusable.
 */
export function migrateSample(raw: unknown, scorer: string | undefined): Fields {
  const sample = asFields(raw, 'the sample')
  dropNulls(sample)
  expectType(sample, 'id', 'string', 'number')
  sample['epoch'] ??= 1
  expectType(sample, 'epoch', 'number')
  expectTypeIfThere(sample, 'uuid', 'string')
  migrateTranscript(sample)
  for (const name of ['metadata', 'store', 'attachments']) fieldsIn(sample, name)
  for (const name of ['model_usage', 'role_usage']) visitValues(sample, name, migrateUsage)
  migrateSandbox(sample)
  migrateScores(sample, scorer ?? placeholder)
  sample['target'] ??= ''
  sample['input'] ??= ''
  if (typeof sample['input'] !== 'string') visitList(sample, 'input', migrateMessage)
  visitList(sample, 'messages', migrateMessage)
  if ('output' in sample) visit(sample, 'output', migrateOutput)
  visitList(sample, 'events', migrateEvent)
  if ('error' in sample) visit(sample, 'error', migrateError)
  if ('error_retries' in sample) visitList(sample, 'error_retries', migrateRetryError)
  if ('limit' in sample) fieldsIn(sample, 'limit')
  migratePools(sample)
  migrateTimes(sample)
  return sample
}

function migrateTranscript(sample: Fields): void {
  const { transcript } = sample
  if (!isFields(transcript)) return
  sample['events'] = transcript['events']
  sample['attachments'] = transcript['content']
  delete sample['transcript']
}

function migrateScores(sample: Fields, scorer: string): void {
  if ('score' in sample) {
    sample['scores'] ??= { [scorer]: sample['score'] }
    delete sample['score']
  }
  if (!('scores' in sample)) return
  const scores = fieldsIn(sample, 'scores')
  dropNulls(scores)
  if (placeholder in scores && scorer !== placeholder) {
    const { [placeholder]: score, ...others } = scores
    // Whatever the name, `__proto__` included, it is that of a field.
    sample['scores'] = { ...others, [scorer]: score }
  }
  visitValues(sample, 'scores', migrateScore)
}

function migrateRetryError(error: Fields): void {
  migrateError(error)
  if ('events' in error) visitList(error, 'events', migrateEvent)
}

function migratePools(sample: Fields): void {
  if ('events_data' in sample) {
    visit(sample, 'events_data', (pools) => {
      visitList(pools, 'messages', migrateMessage)
      listIn(pools, 'calls')
    })
  }
  // Version 3 of the format, which Inspect 0.3.195 to 0.3.199 could be told to write.
  if ('message_pool' in sample) visitList(sample, 'message_pool', migrateMessage)
  if ('call_pool' in sample) listIn(sample, 'call_pool')
}

function migrateTimes(sample: Fields): void {
  for (const name of ['started_at', 'completed_at']) {
    if (sample[name] === '') delete sample[name]
    if (name in sample) sample[name] = toUtc(sample[name])
  }
}
