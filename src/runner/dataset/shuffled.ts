import type { Sample } from '../sample.ts'
import { seededRandom } from './seeded-random.ts'

/** The samples in random order; with a seed it is always the same, and that of Inspect. */
export function shuffled(samples: AsyncIterable<Sample>, seed: true | number): AsyncIterable<Sample> {
  const random = seededRandom(seed)
  return {
    async *[Symbol.asyncIterator]() {
      const all = await Array.fromAsync(samples)
      random().shuffle(all)
      yield* all
    },
  }
}
