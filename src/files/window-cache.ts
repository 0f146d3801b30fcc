/** Bytes of a file, from `start` to before `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Bytes that are there, or on their way. */
interface Window extends Range {
  readonly bytes: Promise<Buffer>
}

/** The end of a log tells what is in it, so it is asked for at once. */
const tailSize = 256 * 1024
/** Requests begin and end at multiples of this, so that what is read a little later is likely to be there. */
const blockSize = 64 * 1024
/** What is asked for at once at most, unless a single read needs more; those are not kept. */
const largestWindow = 4 * 2 ** 20
/** Bounds the memory. */
const mostBytes = 12 * 2 ** 20

/** Asks for more than is needed where more is likely to be needed soon, and keeps it for a while. */
export class WindowCache {
  readonly #size: number
  readonly #fetch: (range: Range) => Promise<Buffer>
  /** The one that was used last comes last. They do not overlap. */
  #windows: Window[] = []
  /** How much is asked for: twice as much each time for as long as one read follows another. */
  #ahead = blockSize

  constructor(size: number, fetch: (range: Range) => Promise<Buffer>) {
    this.#size = size
    this.#fetch = fetch
  }

  put(range: Range, bytes: Promise<Buffer>): void {
    this.#keep({ ...range, bytes })
  }

  async read(range: Range): Promise<Buffer> {
    if (range.end - range.start > largestWindow) return this.#fetch(range)
    const known = this.#windows.filter(({ start, end }) => start < range.end && range.start < end)
    for (const window of known) this.#keep(window)
    const windows = [...known, ...gapsBetween(known, range).map((gap) => this.#load(gap))]
    const pieces = windows
      .toSorted((a, b) => a.start - b.start)
      .map(async ({ start, bytes }) => {
        const piece = await bytes
        return piece.subarray(Math.max(0, range.start - start), Math.min(piece.length, range.end - start))
      })
    const [first, ...others] = await Promise.all(pieces)
    return others.length === 0 ? first! : Buffer.concat([first!, ...others])
  }

  clear(): void {
    this.#windows = []
  }

  #load(gap: Range): Window {
    const range = this.#widen(gap)
    const window = { ...range, bytes: this.#fetch(range) }
    // Whoever waits for it hears of the failure; the next one tries again.
    window.bytes.catch(() => (this.#windows = this.#windows.filter((other) => other !== window)))
    this.#keep(window)
    return window
  }

  #widen({ start, end }: Range): Range {
    const before = Math.max(0, ...this.#windows.map((window) => (window.end <= start ? window.end : 0)))
    const after = Math.min(
      this.#size,
      ...this.#windows.map((window) => (window.start >= end ? window.start : Infinity)),
    )
    const tail = Math.max(before, this.#size - tailSize)
    // Somebody looks for the end of the log.
    if (start >= tail && after === this.#size) return { start: tail, end: after }
    const follows = before > 0 && start - before <= blockSize
    this.#ahead = follows ? Math.min(this.#ahead * 2, largestWindow) : blockSize
    const from = Math.max(before, start - (start % blockSize))
    const to = Math.max(end, from + this.#ahead)
    return { start: from, end: Math.min(after, Math.ceil(to / blockSize) * blockSize) }
  }

  #keep(window: Window): void {
    this.#windows = [...this.#windows.filter((other) => other !== window), window]
    let bytes = this.#windows.reduce((sum, { start, end }) => sum + end - start, 0)
    while (bytes > mostBytes) {
      const { start, end } = this.#windows.shift()!
      bytes -= end - start
    }
  }
}

/** The parts of a range that are in none of the windows. */
function gapsBetween(windows: readonly Window[], { start, end }: Range): Range[] {
  const gaps: Range[] = []
  let position = start
  for (const window of windows.toSorted((a, b) => a.start - b.start)) {
    if (window.start > position) gaps.push({ start: position, end: window.start })
    position = window.end
  }
  if (position < end) gaps.push({ start: position, end })
  return gaps
}
