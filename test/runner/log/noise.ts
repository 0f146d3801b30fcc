import { createHash } from 'node:crypto'
import type { EvalSample } from '../../../src/inspect/records.ts'
import { sampleOf } from './log-parts.ts'

/** Text that does not get smaller when it is compressed, the same one for the same seed. */
export function noise(seed: number, length: number): string {
  return createHash('shake256', { outputLength: Math.ceil((length * 3) / 4) })
    .update(String(seed))
    .digest('base64url')
}

/** One that takes some time to write. */
export function noisySample(id: number): EvalSample {
  return sampleOf(id, { metadata: { noise: noise(id, 400_000) } })
}
