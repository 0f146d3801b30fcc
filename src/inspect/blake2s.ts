/**
 * The hash BLAKE2s without a key (RFC 7693). OpenSSL, and so node:crypto, has it with 32 bytes of output only, and
 * shorter outputs are no prefixes of longer ones.
 */
export function blake2s(message: Uint8Array, outputLength: number): Buffer {
  const state = initialVector.slice()
  state[0]! ^= 0x01010000 ^ outputLength
  const block = new Uint8Array(blockSize)
  let done = 0
  do {
    const chunk = message.subarray(done, done + blockSize)
    block.fill(0)
    block.set(chunk)
    done += chunk.length
    compress(state, block, done, done === message.length)
  } while (done < message.length)
  const output = Buffer.alloc(32)
  state.forEach((word, index) => output.writeUInt32LE(word, index * 4))
  return output.subarray(0, outputLength)
}

const blockSize = 64

const initialVector = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
)

/** The order of the message's words in each of the ten rounds, as hexadecimal digits. */
const schedule = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((round) => Array.from(round, (digit) => Number.parseInt(digit, 16)))

/** The words of the working vector that each of the eight steps of a round mixes: four columns, then four diagonals. */
const lanes = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const

/** `count` is the number of bytes hashed so far, this block's included. */
function compress(state: Uint32Array, block: Uint8Array, count: number, last: boolean): void {
  const view = new DataView(block.buffer)
  const vector = Uint32Array.of(...state, ...initialVector)
  vector[12]! ^= count
  if (last) vector[14]! ^= 0xffffffff
  for (const order of schedule) {
    lanes.forEach((lane, step) => {
      const first = view.getUint32(order[2 * step]! * 4, true)
      const second = view.getUint32(order[2 * step + 1]! * 4, true)
      mix(vector, lane, first, 16, 12)
      mix(vector, lane, second, 8, 7)
    })
  }
  state.forEach((word, index) => (state[index] = word ^ vector[index]! ^ vector[index + 8]!))
}

function mix(
  vector: Uint32Array,
  [a, b, c, d]: readonly [number, number, number, number],
  word: number,
  rotateD: number,
  rotateB: number,
): void {
  vector[a] = vector[a]! + vector[b]! + word
  vector[d] = rotateRight(vector[d]! ^ vector[a], rotateD)
  vector[c] = vector[c]! + vector[d]
  vector[b] = rotateRight(vector[b]! ^ vector[c], rotateB)
}

function rotateRight(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
