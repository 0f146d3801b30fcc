import { logString } from './log-text.ts'
import { murmur3 } from './murmur3.ts'

/**
 * The long texts of a sample, which its log has once and refers to by their hash. What the sample brings along, such as
 * texts of raw calls, stays.
 */
export class Attachments {
  readonly #texts: Map<string, string>
  readonly #given: ReadonlyMap<string, string>
  /** Given ones that were put back somewhere, or taken out. */
  readonly #rewritten = new Set<string>()
  readonly #references = new Map<string, string>()
  readonly #logImages: boolean

  /** Without `logImages` pictures and the like are left out. */
  constructor(given: { readonly [hash: string]: string } = {}, logImages = true) {
    this.#texts = new Map(Object.entries(given))
    this.#given = new Map(this.#texts)
    this.#logImages = logImages
  }

  /** What stands for a text of an event. */
  readonly inEvent = (text: string): string =>
    this.#again(text, (value) => {
      if (!this.#logImages && isDataUri(value)) return removed
      return isLong(value) ? this.#attach(value) : value
    })

  /** What stands for a text of a message; long ones without data in them stay, so that they can be read in place. */
  readonly inMessage = (text: string): string =>
    this.#again(text, (value) => {
      if (!isDataUri(value)) return value
      return this.#logImages ? this.#attach(value) : removed
    })

  /** By their hashes; those that were given and nothing in the record refers to any more are left out. */
  usedBy(record: unknown): { [hash: string]: string } {
    if (this.#rewritten.size > 0) {
      const used = referencesIn(record)
      for (const hash of this.#rewritten) if (!used.has(hash)) this.#texts.delete(hash)
    }
    return Object.fromEntries(this.#texts)
  }

  /** Those that are new since the last time, by their hashes; each is given once. */
  take(): [hash: string, text: string][] {
    const texts = [...this.#texts]
    this.#texts.clear()
    return texts
  }

  #again(text: string, rule: (text: string) => string): string {
    const hash = hashOf(text)
    const value = hash === undefined ? undefined : this.#given.get(hash)
    if (value === undefined) return rule(text)
    const written = rule(value)
    if (written !== text) this.#rewritten.add(hash!)
    return written
  }

  #attach(text: string): string {
    const known = this.#references.get(text)
    if (known !== undefined) return known
    const hash = murmur3(Buffer.from(logString(text)))
    this.#texts.set(hash, text)
    this.#references.set(text, protocol + hash)
    return protocol + hash
  }
}

const protocol = 'attachment://'
/** What Inspect writes in place of a picture. */
const removed = '<base64-data-removed>'
/** In characters, as Python counts them. */
const longest = 100

function hashOf(text: string): string | undefined {
  return text.startsWith(protocol) ? text.slice(protocol.length) : undefined
}

function isLong(text: string): boolean {
  if (text.length <= longest) return false
  return text.length > 2 * longest || Array.from(text).length > longest
}

function isDataUri(text: string): boolean {
  return /^data:[^,]*;base64,/.test(text)
}

function referencesIn(root: unknown): Set<string> {
  const hashes = new Set<string>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    const hash = typeof value === 'string' ? hashOf(value) : undefined
    if (hash !== undefined) hashes.add(hash)
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) open.push(item)
  }
  return hashes
}
