import { EvalspanError, messageOf } from '../../errors.ts'
import type { Dataset, Sample } from '../sample.ts'
import type { NamedSample } from '../task/task-context.ts'
import { badDataset } from './bad-dataset.ts'
import { checkSample } from './check-sample.ts'

/** All samples of a dataset, each with its id. */
export interface LoadedDataset {
  readonly name: string | undefined
  /** The file that they were read from. */
  readonly location: string | undefined
  readonly samples: readonly NamedSample[]
}

/**
 * Reads a dataset whole and checks it. A sample without an id gets its number, from 1. Throws an `EvalspanError` that
 * names the sample and the field when one is unfit, the iterator throws, or an id is there twice: `1` and `"1"` are one, as in file names.
 * `most`: of an iterator, which may go on for ever, no more are asked for.
 */
export async function readDataset(
  dataset: Dataset | Iterable<Sample> | AsyncIterable<Sample>,
  most = Number.POSITIVE_INFINITY,
): Promise<LoadedDataset> {
  const { name, location, samples }: Dataset = 'samples' in dataset ? dataset : { samples: dataset }
  const read: NamedSample[] = []
  const numbers = new Map<string, number>()
  const isIterator = !('samples' in dataset) && !Array.isArray(dataset)
  const place = location ?? (name === undefined ? 'the dataset' : `dataset '${name}'`)
  for await (const each of inPlace(samples, () => `${place}, after sample ${read.length}`)) {
    const number = read.length + 1
    const where = `${place}, sample ${number}`
    const sample = checkSample(each, where)
    const id = sample.id ?? number
    const other = numbers.get(String(id))
    if (other !== undefined) {
      throw badDataset(where, `has the id '${id}' of sample ${other}; give each its own, or none at all`)
    }
    numbers.set(String(id), number)
    read.push({ ...sample, id })
    if (isIterator && read.length >= most) break
  }
  if (read.length === 0) {
    throw badDataset(place, 'is empty; an iterator gives its samples only once')
  }
  return { name, location, samples: read }
}

/** What an iterator throws says where it was. */
async function* inPlace(
  samples: Iterable<Sample> | AsyncIterable<Sample>,
  place: () => string,
): AsyncGenerator<Sample> {
  try {
    for await (const each of samples) yield each
  } catch (error) {
    if (error instanceof EvalspanError) throw error
    throw badDataset(place(), `its iterator failed: ${messageOf(error)}`, { cause: error })
  }
}
