import { randomFillSync } from 'node:crypto'
import { base57 } from '../inspect/base57.ts'

const size = 16
/** For many ids at once: to ask for random bytes takes longer than to make an id of them. */
const random = Buffer.alloc(256 * size)
let used = random.length

/** A random id of 22 characters, as Inspect gives to samples, messages and events: a UUID of version 4. */
export function shortUuid(): string {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const bytes = random.subarray(used, used + size)
  used += size
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return base57(bytes)
}
