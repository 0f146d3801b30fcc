import type { EvalSpec } from '../records.ts'

/** Whether an eval ran on an older release of Inspect than this one. False when its log does not tell. */
export function isBefore({ packages }: Pick<EvalSpec, 'packages'>, release: string): boolean {
  const version = partsOf(packages?.['inspect_ai'])
  const than = partsOf(release)
  if (!version || !than) return false
  const index = version.findIndex((part, at) => part !== than[at])
  return index >= 0 && version[index]! < than[index]!
}

/** `0.3.44.dev3+gabc` → 0, 3, 44. */
function partsOf(version: unknown): number[] | undefined {
  const match = typeof version === 'string' ? /^(\d+)\.(\d+)\.(\d+)/.exec(version) : null
  return match?.slice(1).map(Number)
}
