const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Two digits at a time, by their value. */
const pairs = Array.from(alphabet).flatMap((first) => Array.from(alphabet, (second) => first + second))
const length = 22

/**
 * Sixteen bytes as the 22 characters that Inspect's ids have; no two of them look alike. Divides by hand, with 32 bits at a
 * time, since `BigInt` takes five times as long.
 */
export function base57(bytes: Buffer): string {
  const words = [0, 4, 8, 12].map((at) => bytes.readUInt32BE(at))
  let text = ''
  while (text.length < length) {
    let rest = 0
    for (let index = 0; index < words.length; index += 1) {
      const value = rest * 2 ** 32 + words[index]!
      const quotient = Math.floor(value / pairs.length)
      words[index] = quotient
      rest = value - quotient * pairs.length
    }
    text = pairs[rest]! + text
  }
  return text
}
