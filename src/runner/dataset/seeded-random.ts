import { randomInt } from 'node:crypto'
import { EvalspanError } from '../../errors.ts'
import { PythonRandom } from './random.ts'

/** Gives the random numbers of a seed, from the first one on each time; true for any seed. */
export function seededRandom(seed: true | number): () => PythonRandom {
  if (seed !== true && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new EvalspanError('BAD_OPTION', `the seed ${seed} for shuffling is no whole number from 0`)
  }
  return () => new PythonRandom(seed === true ? randomInt(2 ** 47) : seed)
}
