const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/**
 * The JSON texts of the elements of a list that comes in pieces, one after the other; of what is no list, all of it. It
 * follows brackets and strings only: whether the texts are JSON shows when they are parsed. Throws a `SyntaxError` when
 * the list does not end, or something comes after it.
 */
export async function* jsonElements(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const list = new ListSplitter()
  for await (const piece of pieces) yield* list.push(piece)
  yield* list.end()
}

class ListSplitter {
  #state: 'before' | 'list' | 'after' | 'no list' = 'before'
  /** Of brackets; that of the list is the first. */
  #depth = 1
  #inString = false
  /** The last piece ended within a string, between a backslash and what it escapes. */
  #escaped = false
  #isFirst = true
  /** What was not given yet. */
  #text = ''

  push(piece: string): string[] {
    const elements: string[] = []
    let start = this.#state === 'before' ? this.#begin(piece) : 0
    while (this.#state === 'list') {
      const end = this.#findEnd(piece, start)
      if (end === undefined) break
      const text = this.#text + piece.slice(start, end)
      this.#text = ''
      start = end + 1
      if (this.#depth === 0) this.#state = 'after'
      const isEmptyList = this.#isFirst && this.#depth === 0 && text.trim() === ''
      if (!isEmptyList) elements.push(text)
      this.#isFirst = false
    }
    this.#text += piece.slice(start)
    return elements
  }

  /** What is left. */
  end(): string[] {
    if (this.#state === 'list') throw new SyntaxError('not valid JSON: the list does not end')
    if (this.#state !== 'after') return [this.#text]
    if (this.#text.trim() === '') return []
    throw new SyntaxError('not valid JSON: something comes after the list')
  }

  /** Where the list begins in the piece; the piece's own start where it is none. */
  #begin(piece: string): number {
    const start = piece.search(/\S/)
    if (start !== -1) this.#state = piece[start] === '[' ? 'list' : 'no list'
    return this.#state === 'list' ? start + 1 : 0
  }

  /** Where the element ends that begins, or goes on, at `from`; undefined when the piece ends before. */
  #findEnd(piece: string, from: number): number | undefined {
    let index = this.#escaped ? from + 1 : from
    this.#escaped = false
    for (; index < piece.length; index += 1) {
      const code = piece.charCodeAt(index)
      if (code === quote) this.#inString = !this.#inString
      else if (this.#inString) {
        if (code === backslash) index += 1
      } else if (code === openList || code === openObject) this.#depth += 1
      else if (code === closeList || code === closeObject) {
        this.#depth -= 1
        if (this.#depth === 0) return index
      } else if (code === comma && this.#depth === 1) return index
    }
    this.#escaped = index > piece.length
    return undefined
  }
}
