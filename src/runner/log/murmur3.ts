/**
 * MurmurHash3 of 128 bits in its form for 64-bit machines, seed 0: what Inspect names attachments by. In hexadecimal, the
 * first half before the second. A number of 64 bits is two of 32 here, since `BigInt` takes ten times as long.
 */
export function murmur3(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = wordOf(0, 0)
  const second = wordOf(0, 0)
  const whole = bytes.length - (bytes.length % blockSize)
  const low = wordOf(0, 0)
  const high = wordOf(0, 0)
  for (let at = 0; at < whole; at += blockSize) {
    set(low, view.getUint32(at + 4, true), view.getUint32(at, true))
    set(high, view.getUint32(at + 12, true), view.getUint32(at + 8, true))
    scramble(low, factor1, 31, factor2)
    xor(first, low)
    rotate(first, 27)
    add(first, second)
    timesFiveAnd(first, 0x52dce729)
    scramble(high, factor2, 33, factor1)
    xor(second, high)
    rotate(second, 31)
    add(second, first)
    timesFiveAnd(second, 0x38495ab5)
  }
  const tail = new DataView(new ArrayBuffer(blockSize))
  for (let at = whole; at < bytes.length; at += 1) tail.setUint8(at - whole, bytes[at]!)
  // What is missing is zero, and of zero nothing comes.
  set(high, tail.getUint32(12, true), tail.getUint32(8, true))
  scramble(high, factor2, 33, factor1)
  xor(second, high)
  set(low, tail.getUint32(4, true), tail.getUint32(0, true))
  scramble(low, factor1, 31, factor2)
  xor(first, low)
  const length = wordOf(Math.floor(bytes.length / 2 ** 32), bytes.length)
  xor(first, length)
  xor(second, length)
  add(first, second)
  add(second, first)
  finish(first)
  finish(second)
  add(first, second)
  add(second, first)
  return [...first, ...second].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
}

const blockSize = 16

/** The upper and the lower half of 64 bits. Plain lists would take twice as long: half of all numbers do not fit into theirs. */
type Word = Int32Array & { 0: number; 1: number }

function wordOf(upper: number, lower: number): Word {
  return Int32Array.of(upper, lower) as Word
}

const factor1 = wordOf(0x87c37b91, 0x114253d5)
const factor2 = wordOf(0x4cf5ad43, 0x2745937f)
const lastFactor1 = wordOf(0xff51afd7, 0xed558ccd)
const lastFactor2 = wordOf(0xc4ceb9fe, 0x1a85ec53)

function scramble(word: Word, before: Word, bits: number, after: Word): void {
  multiply(word, before)
  rotate(word, bits)
  multiply(word, after)
}

function finish(word: Word): void {
  xorWithUpper(word)
  multiply(word, lastFactor1)
  xorWithUpper(word)
  multiply(word, lastFactor2)
  xorWithUpper(word)
}

function set(word: Word, upper: number, lower: number): void {
  word[0] = upper
  word[1] = lower
}

function xor(word: Word, other: Word): void {
  set(word, word[0] ^ other[0], word[1] ^ other[1])
}

/** With itself, shifted to the right by 33 bits. */
function xorWithUpper(word: Word): void {
  word[1] ^= word[0] >>> 1
}

function add(word: Word, other: Word): void {
  const lower = (word[1] >>> 0) + (other[1] >>> 0)
  set(word, (word[0] + other[0] + (lower >= 2 ** 32 ? 1 : 0)) | 0, lower | 0)
}

function timesFiveAnd(word: Word, more: number): void {
  const lower = (word[1] >>> 0) * 5 + more
  set(word, (Math.imul(word[0], 5) + Math.floor(lower / 2 ** 32)) | 0, lower | 0)
}

/** To the left, by less than 64 bits. */
function rotate(word: Word, bits: number): void {
  const upper = bits < 32 ? word[0] : word[1]
  const lower = bits < 32 ? word[1] : word[0]
  const by = bits % 32
  set(word, (upper << by) | (lower >>> (32 - by)), (lower << by) | (upper >>> (32 - by)))
}

function multiply(word: Word, factor: Word): void {
  const upper = word[0]
  const lower = word[1]
  const low = lower & 0xffff
  const high = lower >>> 16
  const factorLow = factor[1] & 0xffff
  const factorHigh = factor[1] >>> 16
  // The lower halves multiplied in pieces of 16 bits, so that all 64 bits of it are there.
  const lowest = low * factorLow
  const middle = high * factorLow + (lowest >>> 16)
  const other = low * factorHigh + (middle & 0xffff)
  const carried = high * factorHigh + Math.floor(middle / 2 ** 16) + Math.floor(other / 2 ** 16)
  const crossed = Math.imul(upper, factor[1]) + Math.imul(lower, factor[0])
  set(word, (carried + crossed) | 0, Math.imul(lower, factor[1]))
}
