/** The ideal answers of a sample. */
export class Target {
  readonly values: readonly string[]

  constructor(target: string | readonly string[] = '') {
    this.values = typeof target === 'string' ? [target] : [...target]
  }

  /** All of them, one after the other, as Inspect's `Target.text`. */
  get text(): string {
    return this.values.join('')
  }

  /** So that it can stand in a template. */
  toString(): string {
    return this.text
  }

  [Symbol.iterator](): Iterator<string> {
    return this.values[Symbol.iterator]()
  }
}
