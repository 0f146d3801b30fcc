/** Repeatable noise: the same seed gives the same log. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to and without `limit`. */
  below(limit: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  /** An id as Inspect makes them: 22 letters and digits. */
  id(): string {
    return Array.from({ length: 22 }, () => alphabet[this.below(alphabet.length)]).join('')
  }

  /** Prose and code that compresses about as well as transcripts do, of about so many characters. */
  text(length: number): string {
    const parts: string[] = []
    for (let written = 0; written < length;) {
      const word = this.below(12) === 0 ? this.id().slice(0, 4 + this.below(12)) : words[this.#frequent()]!
      const end = ends[this.below(ends.length)]!
      parts.push(word, end)
      written += word.length + end.length
    }
    return parts.join('')
  }

  /** Some words come far more often than others. */
  #frequent(): number {
    return this.below(this.below(words.length) + 1)
  }
}

const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const ends = [' ', ' ', ' ', ' ', ' ', ' ', ', ', '. ', '.\n', '\n    ', '("', '") ', ' = ', ': ']
const words = [
  'the|of|to|and|a|in|is|that|for|it|this|with|as|file|test|function|return|value|error|line|self',
  'import|result|expected|which|should|output|const|because|therefore|repository|argument|traceback',
  'assertion|directory|however|solution|src/parser/tokens.py|tests/unit/|None|True|0x7f|naïve|größer|数据',
  '→|stack|queue|implementation|configuration|permission denied|exit code 1|diff --git|@@ -1,7 +1,9 @@',
  'step',
].flatMap((line) => line.split('|'))
