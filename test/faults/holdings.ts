import { expect } from 'vitest'
import type { Ledger, Taking } from './ledger.ts'

export interface Produced {
  readonly spans: ReadonlySet<string>
  readonly logs: ReadonlySet<string>
}

/** What a backend holds, against what it must hold. Empty lists all the way down mean: exactly that. */
export interface Difference {
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
  /** Came twice although the first answer had not been lost. */
  readonly repeated: readonly string[]
  /** Came twice under one id with different content. */
  readonly changed: readonly string[]
}

export function difference(ledger: Ledger, { spans, logs }: Produced): Difference {
  const held = new Map<string, readonly Taking[]>([...ledger.spans, ...ledger.logs])
  const produced = new Set([...spans, ...logs])
  const keys = (of: (takings: readonly Taking[]) => boolean): string[] =>
    [...held].flatMap(([key, takings]) => (of(takings) ? [key] : []))
  return {
    missing: [...produced].filter((key) => !held.has(key)),
    unknown: [...held.keys()].filter((key) => !produced.has(key)),
    repeated: keys((takings) => takings.slice(0, -1).some(({ request }) => !request.lost)),
    changed: keys((takings) => new Set(takings.map(({ digest }) => digest)).size > 1),
  }
}

/** How many came more than once. */
export function countRepeats(ledger: Ledger): number {
  return [...ledger.spans.values(), ...ledger.logs.values()].filter(({ length }) => length > 1).length
}

/** The backend holds exactly what was produced, and twice only what it took without an answer. */
export function expectExactly(ledger: Ledger, produced: Produced): void {
  expect(difference(ledger, produced)).toEqual({ missing: [], unknown: [], repeated: [], changed: [] })
}
