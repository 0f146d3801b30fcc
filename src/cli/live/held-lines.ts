/** More of them nobody reads. */
const most = 100

/** Lines for the user that are kept back while the terminal is somebody else's. */
export class HeldLines {
  readonly #write: (line: string) => void
  #held: string[] | undefined
  #more = 0

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  add(line: string): void {
    if (!this.#held) this.#write(line)
    else if (this.#held.length < most) this.#held.push(line)
    else this.#more += 1
  }

  hold(): void {
    this.#held ??= []
  }

  release(): void {
    for (const line of this.#held ?? []) this.#write(line)
    if (this.#more > 0) this.#write(`and ${this.#more} lines more`)
    this.#held = undefined
    this.#more = 0
  }
}
