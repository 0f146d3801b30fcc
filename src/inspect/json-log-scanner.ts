/** Where something is in a file: from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** An element of `samples`, with the JSON texts of the fields that say which one it is. */
export interface ScannedSample extends ByteRange {
  readonly fields: ReadonlyMap<string, string>
}

const notedFields = new Set(['id', 'epoch', 'uuid', 'completed_at'])

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openList = 0x5b
const closeList = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/** 1 for the bytes that start or end something. */
const nests = Uint8Array.from({ length: 256 }, (_, byte) => Number('"{}[]'.includes(String.fromCharCode(byte))))

/**
 * Notes the places of the header's fields and of the samples in a `.json` log, in one pass over its bytes, which come
 * in chunks. It follows nesting and strings only: whether the places hold valid JSON shows when they are parsed.
 */
export class JsonLogScanner {
  /** Fields of the header, name and value. */
  readonly header: ByteRange[] = []
  readonly samples: ScannedSample[] = []
  /** Where the object is closed; what follows is not looked at. */
  end: number | undefined
  /** Where a bracket is closed by one of the other kind, so that nothing is sure any more. */
  brokenAt: number | undefined
  /** The list of samples was reached. */
  reachedSamples = false
  /** The list of samples is open. */
  inSamples = false

  #offset: number
  #depth = 0
  /** The opening brackets around, by depth, as deep as samples are. */
  readonly #brackets: number[] = []
  #inString = false
  /** The last chunk ended within a string, between a backslash and what it escapes. */
  #escaped = false
  /** The next string is a key that matters. */
  #expectsKey = false
  /** Of the header, and of the sample that is open. */
  #headerKey = ''
  #sampleKey = ''
  #pairStart: number | undefined
  #sampleStart: number | undefined
  #fields = new Map<string, string>()
  /** Pieces of a key or a value that is being noted, from chunks before this one. */
  #noted: Buffer[] | undefined
  #notedFrom = 0

  constructor(offset: number) {
    this.#offset = offset
  }

  /** There is nothing more to see. */
  get over(): boolean {
    return this.end !== undefined || this.brokenAt !== undefined
  }

  push(chunk: Buffer): void {
    this.#notedFrom = 0
    let index = 0
    while (index < chunk.length && !this.over) {
      if (this.#inString) {
        index = this.#skipString(chunk, index)
        if (!this.#inString) this.#endString(chunk, index)
        continue
      }
      if (this.#depth > (this.inSamples ? 3 : 1)) {
        index = this.#skipNested(chunk, index)
        continue
      }
      const byte = chunk[index]!
      if (byte > 0x20) this.#see(byte, chunk, index)
      index += 1
    }
    this.#noted?.push(chunk.subarray(this.#notedFrom))
    this.#offset += chunk.length
  }

  /** Of the sample that is open. */
  get openFields(): ReadonlyMap<string, string> | undefined {
    return this.#sampleStart === undefined ? undefined : this.#fields
  }

  #see(byte: number, chunk: Buffer, index: number): void {
    const atSamples = this.inSamples && this.#depth === 2
    if (atSamples && this.#sampleStart === undefined && byte !== comma && byte !== closeList) {
      this.#sampleStart = this.#offset + index
      this.#fields = new Map()
    }
    if (byte === quote) {
      this.#inString = true
      if (this.#expectsKey) this.#startKey(index)
    } else if (byte === openObject || byte === openList) {
      this.#open(byte)
    } else if (byte === closeObject || byte === closeList) {
      this.#close(byte, chunk, index)
    } else if (byte === comma) {
      this.#endField(chunk, index)
      this.#expectsKey = this.#depth === 1 || (this.inSamples && this.#depth === 3)
    } else if (byte === colon && this.inSamples && this.#depth === 3 && notedFields.has(this.#sampleKey)) {
      this.#startNoting(index + 1)
    }
  }

  #open(byte: number): void {
    this.#depth += 1
    this.#brackets[this.#depth] = byte
    if (this.#depth === 2 && byte === openList && this.#headerKey === 'samples') {
      this.inSamples = true
      this.reachedSamples = true
    }
    this.#expectsKey = byte === openObject && (this.#depth === 1 || (this.inSamples && this.#depth === 3))
  }

  #close(byte: number, chunk: Buffer, index: number): void {
    const at = this.#offset + index
    if (this.#depth === 2 || byte === closerOf(this.#brackets[this.#depth])) this.#endField(chunk, index)
    if (byte !== closerOf(this.#brackets[this.#depth])) {
      this.brokenAt = at
      return
    }
    this.#depth -= 1
    if (this.#depth === 1) this.inSamples = false
    if (this.#depth === 0) this.end = at + 1
  }

  /** At a comma or a bracket: what ends here depends on how deep it is. */
  #endField(chunk: Buffer, index: number): void {
    if (this.#depth === 1 && this.#pairStart !== undefined) {
      if (!this.#isLeftOut()) this.header.push({ start: this.#pairStart, end: this.#offset + index })
      this.#pairStart = undefined
    }
    if (!this.inSamples) return
    if (this.#depth === 2 && this.#sampleStart !== undefined) {
      this.samples.push({ start: this.#sampleStart, end: this.#offset + index, fields: this.#fields })
      this.#sampleStart = undefined
    }
    if (this.#depth === 3 && this.#noted !== undefined) {
      this.#fields.set(this.#sampleKey, this.#endNoting(chunk, index))
    }
  }

  /** Samples that are no list are left in, so that somebody notices. */
  #isLeftOut(): boolean {
    return this.#headerKey === 'reductions' || (this.#headerKey === 'samples' && this.reachedSamples)
  }

  #startKey(index: number): void {
    if (this.#depth === 1) this.#pairStart = this.#offset + index
    this.#startNoting(index)
  }

  #endString(chunk: Buffer, index: number): void {
    if (!this.#expectsKey) return
    this.#expectsKey = false
    const key = decodeKey(this.#endNoting(chunk, index))
    if (this.#depth === 1) this.#headerKey = key
    else this.#sampleKey = key
  }

  #startNoting(index: number): void {
    this.#noted = []
    this.#notedFrom = index
  }

  #endNoting(chunk: Buffer, index: number): string {
    const pieces = [...(this.#noted ?? []), chunk.subarray(this.#notedFrom, index)]
    this.#noted = undefined
    return Buffer.concat(pieces).toString('utf8')
  }

  /** Passes over what is nested too deep to matter, which is nearly all of a log. */
  #skipNested(chunk: Buffer, from: number): number {
    const floor = this.inSamples ? 3 : 1
    let depth = this.#depth
    let index = from
    while (index < chunk.length) {
      const byte = chunk[index]!
      if (nests[byte] === 0) {
        index += 1
        continue
      }
      if (byte === quote) {
        this.#inString = true
        index = this.#skipString(chunk, index + 1)
        if (this.#inString) break
        continue
      }
      index += 1
      if (byte === openObject || byte === openList) depth += 1
      else if ((byte === closeObject || byte === closeList) && (depth -= 1) === floor) break
    }
    this.#depth = depth
    return index
  }

  /** The index after the string's closing quote, or the end of the chunk. */
  #skipString(chunk: Buffer, from: number): number {
    let index = from
    if (this.#escaped) index += 1
    this.#escaped = false
    // Calling into native code costs more than looking at the bytes of a short string.
    const near = Math.min(index + 48, chunk.length)
    while (index < near) {
      const byte = chunk[index]!
      if (byte === quote) return this.#leaveString(index)
      index += byte === backslash ? 2 : 1
    }
    if (index > chunk.length) this.#escaped = true
    while (index < chunk.length) {
      const found = chunk.indexOf(quote, index)
      const end = found === -1 ? chunk.length : found
      let backslashes = 0
      while (end - 1 - backslashes >= index && chunk[end - 1 - backslashes] === backslash) backslashes += 1
      if (found === -1) this.#escaped = backslashes % 2 === 1
      else if (backslashes % 2 === 0) return this.#leaveString(found)
      index = end + 1
    }
    return chunk.length
  }

  #leaveString(index: number): number {
    this.#inString = false
    return index + 1
  }
}

function closerOf(opener: number | undefined): number {
  return opener === openList ? closeList : closeObject
}

function decodeKey(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    // Whoever parses the whole will say what is wrong with it.
    return ''
  }
}
