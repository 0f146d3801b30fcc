import type { Dataset, Sample } from '../sample.ts'

/** Samples of the program, with a name for the log. */
export function memoryDataset(
  samples: Iterable<Sample>,
  { name }: { readonly name?: string | undefined } = {},
): Dataset {
  return { name, samples }
}
