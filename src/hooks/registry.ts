import { EvalspanError } from '../errors.ts'
import { isHooksClass, type Hooks, type HooksClass } from './hooks.ts'
import { processWide } from './process-wide.ts'
import { lineOf, safely, type Report } from './report.ts'

/** Returns the class, so that its library is imported when hooks are needed and not when they are registered. */
export type LazyHooks = () => HooksClass | PromiseLike<HooksClass>

/** What is known of hooks when they are registered. */
export interface Registration {
  /** `package/name` for hooks that come from a package, else the bare name. */
  readonly name: string
  readonly description: string
  readonly source: HooksClass | LazyHooks
}

/** Hooks that can be called. */
export interface RegisteredHooks {
  readonly name: string
  readonly description: string
  readonly hooksClass: HooksClass
  /** The one instance of the class. */
  readonly hooks: Hooks
}

interface Entry extends Registration {
  readonly first: boolean
  loaded?: RegisteredHooks
  loading?: Promise<void>
}

/**
 * Hooks by their qualified names, in the order of registration. Registering a name again replaces its hooks and keeps
 * their place. There is one for the process; a host or a test may have its own.
 */
export class Registry {
  readonly #entries = new Map<string, Entry>()
  readonly #pending = new Set<Entry>()
  #list: readonly RegisteredHooks[] | undefined

  /** Registers hooks under a qualified name, as the last or in the place of those with that name. */
  register(registration: Registration): void {
    this.#add(registration, false)
  }

  /** Registers hooks that come before all others, whenever this is called. */
  registerFirst(registration: Registration): void {
    this.#add(registration, true)
  }

  /** The hooks that can be called, in order. The same array until something changes. */
  list(): readonly RegisteredHooks[] {
    return (this.#list ??= this.#inOrder())
  }

  /** Some hooks are registered with a function that was not called yet. */
  get pending(): boolean {
    return this.#pending.size > 0
  }

  /** Loads the hooks that are pending. Those that fail are reported and left out. */
  async load(report: Report): Promise<void> {
    for (const entry of this.#pending) {
      await (entry.loading ??= this.#load(entry, safely(report)))
    }
  }

  #add(registration: Registration, first: boolean): void {
    checkSource(registration)
    const old = this.#entries.get(registration.name)
    if (old?.first && !first) {
      throw new EvalspanError('BAD_HOOK', `hooks '${registration.name}' are evalspan's own: choose another name`)
    }
    const entry: Entry = { ...registration, first }
    if (isHooksClass(entry.source)) entry.loaded = instantiate(registration, entry.source)
    if (old) this.#pending.delete(old)
    if (!entry.loaded) this.#pending.add(entry)
    this.#entries.set(entry.name, entry)
    this.#list = undefined
  }

  async #load(entry: Entry, report: Report): Promise<void> {
    try {
      const hooksClass: unknown = await (entry.source as LazyHooks)()
      if (!isHooksClass(hooksClass)) throw notHooks(entry.name, hooksClass, 'its function returned')
      entry.loaded = instantiate(entry, hooksClass)
      this.#list = undefined
    } catch (error) {
      report(`hooks '${entry.name}' cannot be loaded and are left out: ${lineOf(error)}`)
    } finally {
      this.#pending.delete(entry)
    }
  }

  #inOrder(): readonly RegisteredHooks[] {
    const entries = [...this.#entries.values()]
    const inOrder = [...entries.filter(({ first }) => first), ...entries.filter(({ first }) => !first)]
    return Object.freeze(inOrder.flatMap(({ loaded }) => loaded ?? []))
  }
}

/** Where `hooks()` registers: one for the process, whichever copy of the package asks. */
export const globalRegistry: Registry = processWide('Registry', () => new Registry())

/** Refuses, with a `TypeError`, what neither is a class of hooks nor can return one. */
export function checkSource({ name, source }: { name: string; source: unknown }): void {
  if (isHooksClass(source)) return
  const lazy = typeof source === 'function' && source.length === 0 && !isClass(source)
  if (!lazy) throw notHooks(name, source, 'it is registered with')
}

function instantiate({ name, description }: Registration, hooksClass: HooksClass): RegisteredHooks {
  return Object.freeze({ name, description, hooksClass, hooks: new hooksClass() })
}

function notHooks(name: string, value: unknown, what: string): TypeError {
  return new TypeError(
    `hooks '${name}' have to be a class that extends Hooks, or a function without arguments that returns one; ` +
      `${what} ${describe(value)}`,
  )
}

function describe(value: unknown): string {
  if (isHooksClass(value?.constructor)) return 'an instance: pass the class itself'
  if (typeof value === 'function') {
    if (isClass(value)) return `class ${value.name || '(without a name)'}, which does not extend Hooks`
    return value.length === 0 ? 'a function' : 'a function with arguments'
  }
  if (isModule(value)) return "a module: return one of its exports, as in import('./x.js').then((m) => m.MyHooks)"
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`
}

function isClass(value: Function): boolean {
  return Function.prototype.toString.call(value).startsWith('class')
}

function isModule(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Module]'
}
