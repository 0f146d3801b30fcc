const size = 624
const middle = 397

/** The random numbers of Python for a seed (a Mersenne twister), so that shuffling gives the order that it gives there. */
export class PythonRandom {
  readonly #state: Uint32Array
  #at = size

  /** Throws a `RangeError` for a seed that is no whole number. */
  constructor(seed: number) {
    this.#state = seeded(keyOf(BigInt(seed)))
  }

  /** In place, as `random.shuffle`. */
  shuffle(items: unknown[]): void {
    for (let index = items.length - 1; index > 0; index -= 1) {
      const other = this.#below(index + 1)
      ;[items[index], items[other]] = [items[other], items[index]]
    }
  }

  #below(limit: number): number {
    const shift = Math.clz32(limit)
    for (;;) {
      const number = this.#next() >>> shift
      if (number < limit) return number
    }
  }

  #next(): number {
    if (this.#at === size) this.#refill()
    let number = this.#state[this.#at]!
    this.#at += 1
    number ^= number >>> 11
    number ^= (number << 7) & 0x9d2c5680
    number ^= (number << 15) & 0xefc60000
    return (number ^ (number >>> 18)) >>> 0
  }

  #refill(): void {
    const state = this.#state
    for (let index = 0; index < size; index += 1) {
      const joined = (state[index]! & 0x80000000) | (state[(index + 1) % size]! & 0x7fffffff)
      state[index] = state[(index + middle) % size]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)
    }
    this.#at = 0
  }
}

/** The seed in pieces of 32 bits, the lowest first. */
function keyOf(seed: bigint): number[] {
  const key: number[] = []
  for (let rest = seed < 0n ? -seed : seed; rest > 0n || key.length === 0; rest >>= 32n) {
    key.push(Number(rest & 0xffffffffn))
  }
  return key
}

function seeded(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(size)
  state[0] = 19650218
  for (let index = 1; index < size; index += 1) state[index] = Math.imul(1812433253, mixed(state, index)) + index
  let at = 1
  const step = (): void => {
    at += 1
    if (at < size) return
    state[0] = state[size - 1]!
    at = 1
  }
  for (let count = 0; count < Math.max(size, key.length); count += 1) {
    const place = count % key.length
    state[at] = (state[at]! ^ Math.imul(mixed(state, at), 1664525)) + key[place]! + place
    step()
  }
  for (let count = 1; count < size; count += 1) {
    state[at] = (state[at]! ^ Math.imul(mixed(state, at), 1566083941)) - at
    step()
  }
  state[0] = 0x80000000
  return state
}

function mixed(state: Uint32Array, index: number): number {
  return state[index - 1]! ^ (state[index - 1]! >>> 30)
}
