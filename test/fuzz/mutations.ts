import { Random } from '../../bench/random.ts'
import type { Fixture } from './fixtures.ts'
import { byteMutations } from './mutate-bytes.ts'
import { eventMutations } from './mutate-events.ts'
import { jsonLogMutations } from './mutate-json-log.ts'
import { memberMutations } from './mutate-members.ts'
import { nameMutations } from './mutate-names.ts'
import { textMutations } from './mutate-text.ts'
import { valueMutations } from './mutate-values.ts'
import { zipMutations } from './mutate-zip.ts'
import { header, pick, samples, type Damage, type Mutated, type Mutation } from './mutation.ts'

export const mutations: readonly Mutation[] = [
  ...byteMutations,
  ...zipMutations,
  ...memberMutations,
  ...nameMutations,
  ...textMutations,
  ...valueMutations,
  ...eventMutations,
  ...jsonLogMutations,
]

/** How often each area comes up. */
const areas: readonly { readonly mutations: readonly Mutation[]; readonly weight: number }[] = [
  { mutations: byteMutations, weight: 15 },
  { mutations: zipMutations, weight: 20 },
  { mutations: memberMutations, weight: 12 },
  { mutations: nameMutations, weight: 6 },
  { mutations: textMutations, weight: 12 },
  { mutations: valueMutations, weight: 20 },
  { mutations: valueMutations.filter(({ kind }) => kind === 'values/field'), weight: 15 },
  { mutations: eventMutations, weight: 20 },
  { mutations: jsonLogMutations, weight: 15 },
]

export interface Run extends Mutated {
  readonly kind: string
  readonly fixture: Fixture
}

/** The run with that number: the same one for the same seed and the same fixtures, whatever ran before it. */
export function runOf(fixtures: readonly Fixture[], seed: number, index: number): Run {
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  for (;;) {
    const fixture = pick(random, fixtures)
    const mutation = pick(random, pickArea(random))
    const mutated = mutation.apply(fixture, random)
    if (!mutated) continue
    const damage = damageIn(fixture, mutated.damage)
    return { ...mutated, damage, kind: mutation.kind, fixture }
  }
}

function damageIn({ target, model }: Fixture, damage: Damage): Damage {
  // What lies in a buffer is of samples that are at work; the finished ones are not touched.
  if (target.startsWith('.')) return samples()
  const isWhole = model.zip !== undefined || target.endsWith('.json') || damage.to === 'nothing'
  return isWhole ? damage : header
}

function pickArea(random: Random): readonly Mutation[] {
  let at = random.below(areas.reduce((sum, { weight }) => sum + weight, 0))
  for (const { mutations: area, weight } of areas) {
    if (at < weight) return area
    at -= weight
  }
  return byteMutations
}
