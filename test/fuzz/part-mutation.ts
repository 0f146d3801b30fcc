import type { Random } from '../../bench/random.ts'
import type { Part } from './log-model.ts'
import { damageOf, nothing, pick, target, unbalanced, type Mutation } from './mutation.ts'

export interface EditedPart {
  readonly note: string
  readonly text: string
  /** It says the same in other words. */
  readonly harmless?: boolean
}

/**
 * The JSON text of one part of a log changed; what is around it stays whole. In a JSON log that needs `wellFormed` texts:
 * an open bracket there changes what everything behind it means.
 */
export function partMutation(
  kind: string,
  wellFormed: boolean,
  edit: (text: string, random: Random, part: Part) => EditedPart | undefined,
): Mutation {
  return {
    kind,
    apply(fixture, random) {
      if (fixture.model.parts.length === 0) return undefined
      const part = pickPart(fixture.model.parts, random)
      const edited = edit(part.text, random, part)
      if (!edited || edited.text === part.text) return undefined
      // A list in which there is nothing has lost nothing.
      if (!fixture.model.zip && edited.text.trim() === '') return undefined
      const damage = damageOf(fixture, part.name)
      const isLocal = wellFormed || fixture.model.zip !== undefined
      const { bytes } = fixture.model.write(new Map([[part, edited.text]]))
      return {
        note: `${part.name}: ${edited.note}`,
        files: target(fixture, bytes),
        damage: edited.harmless ? nothing : isLocal ? damage : unbalanced(damage),
      }
    },
  }
}

/** Samples are what most of a log is. */
function pickPart(parts: readonly Part[], random: Random): Part {
  const samples = parts.filter((part) => part.role === 'sample')
  return samples.length > 0 && random.below(3) > 0 ? pick(random, samples) : pick(random, parts)
}
