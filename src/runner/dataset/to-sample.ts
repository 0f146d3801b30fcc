import { messageOf } from '../../errors.ts'
import { isFields } from '../../inspect/fields.ts'
import { parse } from '../../inspect/json.ts'
import { splitWords, strip, toText } from '../text/python-text.ts'
import type { Sample } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'
import type { DatasetRecord, FieldSpec } from './options.ts'

type Metadata = Sample['metadata']

/** The sample in a record, as Inspect reads it: null and NaN are nothing, and targets and choices are texts. */
export function toSample(record: DatasetRecord, fields: FieldSpec, where: string): Sample {
  const { input = 'input', target = 'target', choices = 'choices', id = 'id', description } = fields
  const sample = {
    input: readInput(fieldOf(record, input), input, where),
    target: readTarget(fieldOf(record, target)),
    choices: readChoices(fieldOf(record, choices)),
    id: fieldOf(record, id),
    description: description === undefined ? undefined : fieldOf(record, description) || undefined,
    metadata: readMetadata(record, fields.metadata, where),
  }
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== undefined)) as unknown as Sample
}

function fieldOf(record: DatasetRecord, name: string): unknown {
  const value = Object.hasOwn(record, name) ? record[name] : undefined
  return value === null || Number.isNaN(value) ? undefined : value
}

function readInput(input: unknown, field: string, where: string): unknown {
  if (input === undefined || input === '') {
    throw badDataset(where, `has no '${field}', which is the input; add it, or name another field in 'sampleFields'`)
  }
  if (!Array.isArray(input)) return input
  return input.map((message: unknown) => (isFields(message) ? { ...message, source: 'input' } : message))
}

function readTarget(target: unknown): string | string[] {
  if (target === undefined) return ''
  return Array.isArray(target) ? target.map(toText) : toText(target)
}

function readChoices(choices: unknown): string[] | undefined {
  if (choices === undefined) return undefined
  if (Array.isArray(choices)) return choices.map(toText).filter((choice) => strip(choice) !== '')
  if (typeof choices !== 'string') return [toText(choices)]
  const list = choices.includes(',') ? choices.split(',') : splitWords(choices)
  return list.map((choice) => strip(choice)).filter((choice) => choice !== '')
}

function readMetadata(record: DatasetRecord, names: readonly string[] | undefined, where: string): Metadata {
  if (names && names.length > 0) {
    return Object.fromEntries(names.map((name) => [name, record[name] ?? null])) as Metadata
  }
  const metadata = fieldOf(record, 'metadata')
  if (metadata === undefined) return undefined
  const value = typeof metadata === 'string' ? parseMetadata(metadata, where) : metadata
  if (isFields(value)) return value as Metadata
  throw badDataset(where, `'metadata' is no object; name the fields that are metadata in 'fields.metadata'`)
}

function parseMetadata(text: string, where: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw badDataset(where, `'metadata' is ${messageOf(error)}`, { cause: error })
  }
}
