import type { Dataset, Sample } from '../sample.ts'
import type { NamedSample } from '../task-context.ts'
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
 * names the sample and the field when one is unfit, or an id is there twice: `1` and `"1"` are one, as in file names.
 */
export async function readDataset(dataset: Dataset | Iterable<Sample> | AsyncIterable<Sample>): Promise<LoadedDataset> {
  const { name, location, samples }: Dataset = 'samples' in dataset ? dataset : { samples: dataset }
  const read: NamedSample[] = []
  const numbers = new Map<string, number>()
  for await (const each of samples) {
    const number = read.length + 1
    const where = `${location ?? (name === undefined ? 'the dataset' : `dataset '${name}'`)}, sample ${number}`
    const sample = checkSample(each, where)
    const id = sample.id ?? number
    const other = numbers.get(String(id))
    if (other !== undefined) {
      throw badDataset(where, `has the id '${id}' of sample ${other}; give each its own, or none at all`)
    }
    numbers.set(String(id), number)
    read.push({ ...sample, id })
  }
  if (read.length === 0) {
    const where = location ?? (name === undefined ? 'the dataset' : `dataset '${name}'`)
    throw badDataset(where, 'is empty; an iterator gives its samples only once')
  }
  return { name, location, samples: read }
}
