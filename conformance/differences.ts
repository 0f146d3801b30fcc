import type { Difference } from './compare/difference.ts'

/** A way in which our runner is meant to differ from Inspect. */
export interface IntendedDifference {
  readonly name: string
  readonly reason: string
  readonly matches: (difference: Difference) => boolean
}

/** All of them. What matches none of these is a fault of the runner. */
export const intendedDifferences: readonly IntendedDifference[] = []
