import { randomInt } from 'node:crypto'
import { EvalspanError } from '../../errors.ts'
import type { Sample } from '../sample.ts'
import { PythonRandom } from './random.ts'

/** The samples in random order; with a seed it is always the same, and that of Inspect. */
export function shuffled(samples: AsyncIterable<Sample>, seed: true | number): AsyncIterable<Sample> {
  if (seed !== true && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new EvalspanError('BAD_OPTION', `the seed ${seed} for shuffling is no whole number from 0`)
  }
  return {
    async *[Symbol.asyncIterator]() {
      const all = await Array.fromAsync(samples)
      new PythonRandom(seed === true ? randomInt(2 ** 47) : seed).shuffle(all)
      yield* all
    },
  }
}
