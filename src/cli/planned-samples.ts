import type { EvalSpec } from '../inspect/records.ts'

/** How many samples a task is to have, all epochs; undefined when its log does not say. */
export function plannedSamples({ dataset, config }: Pick<EvalSpec, 'dataset' | 'config'>): number | undefined {
  const epochs = typeof config['epochs'] === 'number' ? config['epochs'] : 1
  const count = dataset.sample_ids?.length ?? dataset.samples
  return count === undefined ? undefined : count * epochs
}
