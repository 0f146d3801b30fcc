import { credentialName, looksRandom } from './credential-names.ts'
import { secretsOf } from './environment.ts'
import { isHeaderName, maskFields } from './fields.ts'
import { masked, withheld } from './marks.ts'
import { Needles } from '../needles.ts'
import { maskSchemes } from './schemes.ts'
import { maskShapes } from './shapes.ts'
import { mayHoldSecret } from './suspicion.ts'
import { maskUrls } from './urls.ts'

/** A mask of the user's own: gives what may be seen of a text. `name` is the field or attribute that the text is of. */
export type Mask = (value: string, context: { readonly name?: string }) => string

export interface MaskerOptions {
  /** Where secrets are looked for once; `process.env` when left out. */
  readonly env?: { readonly [name: string]: string | undefined } | undefined
  /** Secrets that become known as time goes on; the set may grow. */
  readonly keys?: ReadonlySet<string> | undefined
  /** Called with what is left after the built-in masking, one after another. */
  readonly masks?: readonly { readonly name: string; readonly mask: Mask }[] | undefined
  /** Told once for each mask that fails. */
  readonly report?: ((message: string) => void) | undefined
}

const mostRemembered = 10_000
const longestRemembered = 100
const mostRounds = 8
/** Custom masks would make records of events unreadable, and there is nothing of the user's in them. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const fieldName = /^[a-z][a-z0-9_]*$/
const kinds = new Set(['event', 'role', 'status'])

/**
 * Takes secrets out of texts: values of environment variables that look like credentials, keys of models and of known
 * shapes, credentials in URLs, headers and fields. What it has masked it leaves as it is.
 */
export class Masker {
  readonly #secrets: readonly string[]
  readonly #keys: ReadonlySet<string>
  #needles: Needles
  #keysInNeedles: number
  readonly #masks: NonNullable<MaskerOptions['masks']>
  readonly #report: (message: string) => void
  readonly #failed = new Set<string>()
  /** Short texts come again and again: names of fields, models, errors. */
  readonly #known = new Map<string, string>()

  constructor({ env = process.env, keys = new Set(), masks = [], report = () => {} }: MaskerOptions = {}) {
    this.#secrets = secretsOf(env)
    this.#keys = keys
    this.#keysInNeedles = keys.size
    this.#needles = new Needles([...this.#secrets, ...keys])
    this.#masks = masks
    this.#report = report
  }

  /** A text without secrets. `name` is that of its field, which may say that all of it is one. */
  text(value: string, name?: string): string {
    return this.#custom(this.builtIn(value, name), name)
  }

  /** The same without custom masks: for a text that comes by again. */
  builtIn(value: string, name?: string): string {
    if (name !== undefined && isCredential(name, value)) return masked
    this.#lookForNewKeys()
    if (value.length > longestRemembered) return this.#mask(value)
    let result = this.#known.get(value)
    if (result === undefined) {
      result = this.#mask(value)
      if (this.#known.size >= mostRemembered) this.#known.clear()
      this.#known.set(value, result)
    }
    return result
  }

  /**
   * False when all strings that are values in a JSON text would stay as they are, so that there is no need to look at each.
   * The names in it must be known to be of no credentials.
   */
  concerns(json: string): boolean {
    this.#lookForNewKeys()
    return this.#masks.length > 0 || this.#needles.mayBeIn(json) || mayHoldSecret(json, { json: true })
  }

  /** A copy of JSON data without secrets in its strings and names, or the data itself where there are none. */
  data<T>(value: T): T {
    return this.#data(value, undefined) as T
  }

  #lookForNewKeys(): void {
    if (this.#keys.size === this.#keysInNeedles) return
    this.#keysInNeedles = this.#keys.size
    this.#needles = new Needles([...this.#secrets, ...this.#keys])
    this.#known.clear()
  }

  #data(value: unknown, name: string | undefined): unknown {
    if (typeof value === 'string') return isStructure(value, name) ? this.builtIn(value, name) : this.text(value, name)
    if (typeof value !== 'object' || value === null) return value
    return Array.isArray(value) ? this.#list(value, name) : this.#fields(value)
  }

  #list(list: readonly unknown[], name: string | undefined): readonly unknown[] {
    // A header as a pair: `["authorization", "Bearer …"]`.
    const [first, second] = list
    const header = list.length === 2 && typeof first === 'string' && typeof second === 'string' && isHeaderName(first)
    const copy = list.map((item, index) => this.#data(item, header && index === 1 ? first : name))
    return copy.every((item, index) => item === list[index]) ? list : copy
  }

  #fields(fields: object): object {
    const { name, key, value: valueOf } = fields as { name?: unknown; key?: unknown; value?: unknown }
    // A header as a record of its own: `{"name": "authorization", "value": "Bearer …"}`.
    const called = typeof valueOf === 'string' ? [name, key].find((each) => typeof each === 'string') : undefined
    let changed = false
    const entries = Object.entries(fields).map(([field, value]): [string, unknown] => {
      const named = field === 'value' && called !== undefined && credentialName(called) ? called : field
      const entry: [string, unknown] = [this.#field(field), this.#data(value, named)]
      changed ||= entry[0] !== field || entry[1] !== value
      return entry
    })
    return changed ? Object.fromEntries(entries) : fields
  }

  /** Names that the events have themselves stay; others are somebody's words. */
  #field(name: string): string {
    return fieldName.test(name) ? this.builtIn(name) : this.text(name)
  }

  #mask(text: string): string {
    let result = text
    // What is left of a text may look to a rule like what the whole of it did not.
    for (let round = 0; round < mostRounds; round++) {
      const before = result
      if (this.#needles.mayBeIn(result)) result = this.#needles.mask(result)
      if (mayHoldSecret(result, { json: false })) result = maskShapes(maskSchemes(maskUrls(maskFields(result))))
      if (result === before) break
    }
    return result
  }

  #custom(text: string, name: string | undefined): string {
    let result = text
    for (const { name: maskName, mask } of this.#masks) {
      try {
        const answer: unknown = mask(result, name === undefined ? {} : { name })
        if (typeof answer !== 'string') {
          // A promise that rejects must not end the process.
          Promise.resolve(answer).catch(() => {})
          this.#fail(maskName, `gave ${answer instanceof Promise ? 'a promise' : typeof answer} instead of a string`)
          return withheld
        }
        result = answer
      } catch (error) {
        this.#fail(maskName, `threw ${thrown(error)}`)
        return withheld
      }
    }
    return result
  }

  #fail(maskName: string, what: string): void {
    if (this.#failed.has(maskName)) return
    this.#failed.add(maskName)
    this.#report(this.builtIn(`mask '${maskName}' ${what}; the values it fails on are sent as ${withheld}`))
  }
}

/** What and where, but not its message, which may quote the very value that was to be masked. */
function thrown(error: unknown): string {
  if (!(error instanceof Error)) return `something of type ${typeof error}`
  const { name, message, stack = '' } = error
  const messageAt = stack.indexOf(message)
  const frames = messageAt < 0 ? '' : stack.slice(messageAt + message.length)
  const [, place] = /^\s+at .*?([^/\\()\s]+:\d+:\d+)\)?$/m.exec(frames) ?? []
  return `${/^\w{1,50}$/.test(name) ? name : 'Error'}${place === undefined ? '' : ` at ${place}`}`
}

function isCredential(name: string, value: string): boolean {
  if (value === '' || value === withheld) return false
  const certainty = credentialName(name)
  return certainty === 'certain' || (certainty === 'possible' && looksRandom(value))
}

function isStructure(value: string, name: string | undefined): boolean {
  return (name !== undefined && kinds.has(name)) || timestamp.test(value)
}
