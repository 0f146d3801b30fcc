import type { TaskOptions } from '../task/task.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import { readDataset, type LoadedDataset } from './read-dataset.ts'

/** The datasets of a run, each read once: an iterator has nothing to give to a second model, or to a retry. */
export class Datasets {
  readonly #read = new Map<TaskOptions['dataset'], Promise<LoadedDataset>>()

  readonly #most: number | undefined

  constructor({ limit, sampleId }: Pick<EvaluateOptions, 'limit' | 'sampleId'>) {
    if (sampleId === undefined) this.#most = typeof limit === 'number' ? limit : limit?.[1]
  }

  read(dataset: TaskOptions['dataset']): Promise<LoadedDataset> {
    const read = this.#read.get(dataset) ?? readDataset(dataset, this.#most)
    this.#read.set(dataset, read)
    return read
  }
}
