const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

const bytesOfContainer = 56
const bytesOfValue = 8

/** Of bytes outside of strings: 0 for those that no JSON has, 1 for blanks, 2 for what begins a value, 3 for others. */
const kinds = new Uint8Array(256)
for (const char of ' \n\r\t') kinds[char.charCodeAt(0)] = 1
// For brackets and commas.
for (const char of '{[,') kinds[char.charCodeAt(0)] = 2
// Letters are those of `true`, `null`, `NaN`, …; what they spell shows when it is parsed.
for (const char of '}]:"+-.0123456789aefilnrstuyENI') kinds[char.charCodeAt(0)] = 3
// The mark that some editors put before UTF-8.
for (const byte of [0xef, 0xbb, 0xbf]) kinds[byte] = 3

/** Longer indentations are none. */
const longestBlank = 2 ** 20

/**
 * Looks at a JSON text as its bytes come, before it is all in memory: is it one as far as that can be told, and how many
 * bytes of memory do its objects and lists take, at least?
 */
export class JsonWeight {
  #memory = 0
  #blank = 0
  #inString = false
  #escaped = false

  get memory(): number {
    return this.#memory
  }

  /** False when it is no JSON, or none that anybody would write. */
  push(chunk: Uint8Array): boolean {
    let index = 0
    while (index < chunk.length) {
      if (this.#inString) {
        index = this.#skipString(chunk, index)
        continue
      }
      const byte = chunk[index]!
      const kind = kinds[byte]
      if (kind === 0) return false
      this.#blank = kind === 1 ? this.#blank + 1 : 0
      if (this.#blank > longestBlank) return false
      if (kind === 2) this.#memory += byte === comma ? bytesOfValue : bytesOfContainer
      else if (byte === quote) this.#inString = true
      index += 1
    }
    return true
  }

  #skipString(chunk: Uint8Array, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      if (this.#escaped) this.#escaped = false
      else if (chunk[index] === backslash) this.#escaped = true
      else if (chunk[index] === quote) {
        this.#inString = false
        return index + 1
      }
    }
    return chunk.length
  }
}
