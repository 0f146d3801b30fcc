/**
 * A 53-bit number for a digest, so that a ledger of a million items stays small. Two lanes of FNV-1a; the digest is the
 * cryptographic part, this only shortens it.
 */
export function fingerprint(digest: string): number {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (let index = 0; index < digest.length; index++) {
    const code = digest.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ (code + index), 0x85ebca6b)
  }
  return (low >>> 0) + (high & 0x1fffff) * 2 ** 32
}
