import type { Reducer, SampleScore } from '../scorer/metric.ts'

/** One score for each sample, made of those of its epochs, with the metadata of the first. */
export function reduceEpochs(scores: readonly SampleScore[], reduce: Reducer['reduce']): SampleScore[] {
  const samples = Map.groupBy(scores, ({ sampleId }) => String(sampleId))
  return [...samples.values()].map((epochs) => ({
    ...epochs[0]!,
    score: reduce(epochs.map(({ score }) => score)),
  }))
}
