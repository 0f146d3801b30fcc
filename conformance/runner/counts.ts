import { activeSample } from '../../src/runner/sample/active.ts'

const counts = new Map<string, number>()

/** How often it has come to this, from 1: for each sample and epoch by itself, or over all. */
export function count(key: string, by: 'sample' | 'all' = 'sample'): number {
  const sample = by === 'sample' ? activeSample() : undefined
  const full = sample ? `${key} ${typeof sample.state.sampleId} ${sample.state.sampleId} ${sample.epoch}` : key
  const number = (counts.get(full) ?? 0) + 1
  counts.set(full, number)
  return number
}
