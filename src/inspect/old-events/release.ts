import type { EvalSpec } from '../records.ts'

export type Release = readonly [number, number, number]

/** The release of Inspect that an eval ran on, if its log tells: `0.3.44.dev3+gabc` → 0, 3, 44. */
export function releaseOf({ packages }: Pick<EvalSpec, 'packages'>): Release | undefined {
  const version: unknown = packages?.['inspect_ai']
  const match = typeof version === 'string' ? /^(\d+)\.(\d+)\.(\d+)/.exec(version) : null
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}

export function isBefore(release: Release, than: Release): boolean {
  const index = release.findIndex((part, at) => part !== than[at])
  return index >= 0 && release[index]! < than[index]!
}
