import { messageOf } from '../../errors.ts'
import { answerIndex, answerLetter } from '../choices.ts'
import type { Sample } from '../sample.ts'
import { badDataset } from './bad-dataset.ts'
import type { PythonRandom } from './random.ts'
import { seededRandom } from './seeded-random.ts'

/**
 * The samples with their choices in random order, and targets that name the same ones as before; with a seed always in the
 * same order, and that of Inspect.
 */
export function withShuffledChoices(samples: AsyncIterable<Sample>, seed: true | number): AsyncIterable<Sample> {
  const begin = seededRandom(seed)
  return {
    async *[Symbol.asyncIterator]() {
      const random = begin()
      for await (const sample of samples)
        yield sample.choices?.length ? reordered(sample, sample.choices, random) : sample
    },
  }
}

function reordered(sample: Sample, choices: readonly string[], random: PythonRandom): Sample {
  const positions = choices.map((_, index) => index)
  random.shuffle(positions)
  const rename = (letter: string): string => {
    const place = positions.indexOf(indexOf(letter, sample))
    if (place === -1) throw badDataset(`sample ${sample.id ?? ''}`, `the target ${letter} is none of its choices`)
    return answerLetter(place)
  }
  const { target } = sample
  return {
    ...sample,
    choices: positions.map((position) => choices[position]!),
    ...(target !== undefined && { target: typeof target === 'string' ? rename(target) : target.map(rename) }),
  }
}

function indexOf(letter: string, { id = '' }: Sample): number {
  try {
    return answerIndex(letter)
  } catch (error) {
    throw badDataset(`sample ${id}`, `its choices cannot be shuffled: ${messageOf(error)}`, { cause: error })
  }
}
