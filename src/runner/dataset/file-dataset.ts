import { basename, extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EvalspanError, messageOf } from '../../errors.ts'
import { checkNames } from '../options/check-options.ts'
import type { Dataset, Sample } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'
import { checkSample } from './check-sample.ts'
import {
  fileDatasetOptions,
  type DatasetRecord,
  type FieldSpec,
  type FileDatasetOptions,
  type RecordToSample,
} from './options.ts'
import { withShuffledChoices } from './shuffled-choices.ts'
import { shuffled } from './shuffled.ts'
import { toSample } from './to-sample.ts'

/** A record, and where in the file it is: `line 3`. */
export interface FoundRecord {
  readonly record: DatasetRecord
  readonly where: string
}

/** Reads the records of a file, as far as they are asked for. */
export type ReadRecords = (file: string) => AsyncIterable<FoundRecord>

/** A dataset of the records of a file, which is read when the samples are asked for, each time anew. `known`: the options there are. */
export function fileDataset(
  path: string | URL,
  read: ReadRecords,
  options: FileDatasetOptions,
  known: { readonly [option: string]: true } = fileDatasetOptions,
): Dataset {
  const location = resolve(path instanceof URL ? fileURLToPath(path) : path)
  checkNames(options, known, (option, advice) => {
    return new EvalspanError('BAD_OPTION', `dataset ${location}: ${option} ${advice}`)
  })
  const { name = basename(location, extname(location)), limit = Number.POSITIVE_INFINITY } = options
  const { shuffle = false, shuffleChoices = false } = options
  if (!(limit >= 0)) throw new EvalspanError('BAD_OPTION', `the limit of dataset ${location} is no number from 0`)
  const all = { [Symbol.asyncIterator]: () => samplesOf(location, read, options) }
  const inOrder = shuffle === false ? all : shuffled(all, shuffle)
  const samples = shuffleChoices === false ? inOrder : withShuffledChoices(inOrder, shuffleChoices)
  return { name, location, samples: { [Symbol.asyncIterator]: () => take(samples, limit) } }
}

async function* samplesOf(file: string, read: ReadRecords, options: FileDatasetOptions): AsyncGenerator<Sample> {
  const { sampleFields = {}, autoId = false } = options
  let number = 0
  for await (const { record, where } of recordsOf(file, read)) {
    for (const sample of convert(record, sampleFields, where)) {
      number += 1
      yield autoId ? { ...sample, id: number } : sample
    }
  }
}

async function* recordsOf(file: string, read: ReadRecords): AsyncGenerator<FoundRecord> {
  try {
    for await (const { record, where } of read(file)) yield { record, where: `${file}, ${where}` }
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    throw badDataset(file, `cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function convert(record: DatasetRecord, sampleFields: FieldSpec | RecordToSample, where: string): readonly Sample[] {
  if (typeof sampleFields !== 'function') return [checkSample(toSample(record, sampleFields, where), where)]
  let made: Sample | readonly Sample[]
  try {
    made = sampleFields(record)
  } catch (error) {
    throw badDataset(where, `'sampleFields' failed: ${messageOf(error)}`, { cause: error })
  }
  const list: readonly unknown[] = Array.isArray(made) ? made : [made]
  return list.map((sample) => checkSample(sample, where))
}

async function* take(samples: AsyncIterable<Sample>, limit: number): AsyncGenerator<Sample> {
  let count = 0
  if (limit === 0) return
  for await (const sample of samples) {
    yield sample
    count += 1
    if (count >= limit) return
  }
}
