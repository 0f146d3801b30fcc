import { randomBytes } from 'node:crypto'

const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** A random id as Inspect has them: a UUID (version 4) as 22 characters of base 57, by the library shortuuid. */
export function shortUuid(): string {
  const bytes = randomBytes(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  let number = BigInt(`0x${bytes.toString('hex')}`)
  let id = ''
  for (let length = 0; length < 22; length += 1) {
    id = alphabet[Number(number % 57n)]! + id
    number /= 57n
  }
  return id
}
