import { EvalspanError } from '../errors.ts'
import { seededRandom } from './dataset/seeded-random.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import type { NamedSample } from './task-context.ts'

/** Those of a dataset that a run is to be made with. Throws a `BAD_OPTION` error where that is none of them. */
export function selectSamples(
  samples: readonly NamedSample[],
  { limit, sampleId, sampleShuffle = false }: Pick<EvaluateOptions, 'limit' | 'sampleId' | 'sampleShuffle'>,
): readonly NamedSample[] {
  const all = sampleShuffle === false ? samples : inRandomOrder(samples, sampleShuffle)
  if (sampleId !== undefined) {
    const patterns = (Array.isArray(sampleId) ? sampleId : [sampleId]).map((id) => toPattern(String(id)))
    const selected = all.filter(({ id }) => patterns.some((pattern) => pattern.test(String(id))))
    if (selected.length > 0) return selected
    throw new EvalspanError('BAD_OPTION', `sampleId: no sample is called ${String(sampleId)}`)
  }
  if (limit === undefined) return all
  const [from, to] = typeof limit === 'number' ? [0, limit] : limit
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to > from) return all.slice(from, to)
  throw new EvalspanError('BAD_OPTION', `limit: ${String(limit)} is neither a number from 1 on nor a range of samples`)
}

function inRandomOrder(samples: readonly NamedSample[], seed: true | number): readonly NamedSample[] {
  const all = [...samples]
  seededRandom(seed)().shuffle(all)
  return all
}

function toPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 's')
}
