import type { Random } from '../../bench/random.ts'
import type { Fixture } from './fixtures.ts'

/**
 * What a reader may no longer get right.
 * - `nothing`: all comes out as from the undamaged log, and nobody complains.
 * - `samples`: these samples alone; each is there, or a problem says where it was lost.
 * - `header`: what is said of the run, and so ids and names in all samples; still each is there, or a problem is told.
 * - `structure`: where things are; samples may be lost if that is told, and those that come are as they were, but for
 *   `samples`.
 */
export type Damage = { readonly to: 'nothing' } | { readonly to: 'header' } | PartialDamage

interface PartialDamage {
  readonly to: 'samples' | 'structure'
  readonly samples: readonly string[]
  /** Lie whole in a place where they can be found all the same. */
  readonly whole?: readonly string[]
}

export interface Mutated {
  /** What was done, in a few words. */
  readonly note: string
  /** The files that changed, by path within the folder. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly damage: Damage
  /** Bytes of proper JSON that a small member expands to: what is in a log takes memory. */
  readonly expands?: number
}

/** One way to damage a log. */
export interface Mutation {
  /** `area/what`. */
  readonly kind: string
  /** Undefined when the fixture has nothing to do it to. */
  readonly apply: (fixture: Fixture, random: Random) => Mutated | undefined
}

export const nothing: Damage = { to: 'nothing' }
export const header: Damage = { to: 'header' }
export const structure: PartialDamage = { to: 'structure', samples: [] }

export function samples(...keys: readonly (string | undefined)[]): PartialDamage {
  return { to: 'samples', samples: [...new Set(keys.filter((key) => key !== undefined))] }
}

/** The fixture's damaged log, in place of what it was. */
export function target(fixture: Fixture, bytes: Buffer): ReadonlyMap<string, Buffer> {
  return new Map([[fixture.target, bytes]])
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)]!
}

/** Which part of the log a region or member name stands for. */
export function damageOf(fixture: Fixture, what: string): Damage {
  const part = fixture.model.parts.find(({ name }) => name === what)
  switch (part?.role) {
    case 'sample':
      return samples(part.sample)
    case 'header':
      return header
    case undefined:
      return structure
    // Each says something of some sample or of all.
    case 'line':
      return header
    default:
      // Summaries say again what samples say.
      return samples()
  }
}

/** All that either damage allows. */
export function both(a: Damage, b: Damage): Damage {
  if (a.to === 'nothing') return b
  if (b.to === 'nothing') return a
  if (a.to === 'header' || b.to === 'header') return header
  const damaged = samples(...a.samples, ...b.samples)
  return a.to === 'samples' && b.to === 'samples' ? damaged : { ...damaged, to: 'structure' }
}

/** Damage in a place whose brackets and quotes hold all together: what comes behind it may be lost as well. */
export function unbalanced(damage: Damage): Damage {
  return both(damage, structure)
}
