import { EvalspanError } from '../../errors.ts'
import { seededRandom } from '../dataset/seeded-random.ts'
import type { EvaluateOptions } from '../options/evaluate-options.ts'
import { matchesSampleId, type SampleIds } from './sample-ids.ts'
import type { NamedSample } from '../task/task-context.ts'
import { toList } from '../to-list.ts'

const mostShown = 8

/**
 * Those of a dataset that a run is to be made with. `sampleId`: what is meant of it for this task. Throws a `BAD_OPTION` error
 * where that is none of them.
 */
export function selectSamples(
  samples: readonly NamedSample[],
  { limit, sampleShuffle = false }: Pick<EvaluateOptions, 'limit' | 'sampleShuffle'>,
  sampleId: SampleIds | undefined,
): readonly NamedSample[] {
  const all = sampleShuffle === false ? samples : inRandomOrder(samples, sampleShuffle)
  if (sampleId !== undefined) return withIds(all, toList(sampleId))
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

function withIds(all: readonly NamedSample[], wanted: readonly (string | number)[]): readonly NamedSample[] {
  const matchers = wanted.map((id) => matchesSampleId(id))
  const selected = all.filter(({ id }) => matchers.some((matches) => matches(id)))
  if (selected.length > 0 || wanted.length === 0) return selected
  const ids = all.map(({ id }) => id)
  const shown = ids.length > mostShown ? `${ids.slice(0, mostShown).join(', ')} and others` : ids.join(', ')
  throw new EvalspanError('BAD_OPTION', `sampleId: no sample is called ${wanted.join(', ')}; there are ${shown}`)
}
