const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const length = 22

/** Sixteen bytes as the 22 characters that Inspect's ids have; no two of them look alike. */
export function base57(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  while (text.length < length) {
    text = alphabet[Number(number % 57n)]! + text
    number /= 57n
  }
  return text
}
