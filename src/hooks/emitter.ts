import { LimitExceededError } from '../errors.ts'
import { isEnabled, isPromise } from './enabled.ts'
import { Failures } from './failures.ts'
import { listensTo, type EventMeta, type HookData, type HookName } from './hooks.ts'
import { LiveWaits } from './live-waits.ts'
import { globalRegistry, type RegisteredHooks, type Registry } from './registry.ts'
import { reportToStderr, type Report } from './report.ts'
import { protect } from './snapshot.ts'

export interface EmitterOptions {
  /** The one of the process when left out. */
  readonly registry?: Registry | undefined
  /** Takes what hooks did wrong; standard error when left out. */
  readonly report?: Report | undefined
  /** How long a replay waits for a hook. */
  readonly patience?: Patience | undefined
  /** Of a live run, which waits for a hook for as long as it takes: aborted when the run is cancelled. */
  readonly cancelled?: AbortSignal | undefined
}

/** For how long a hook may keep others waiting. Then it gets no more events. */
export interface Patience {
  readonly ms: number
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined
}

const nothingToDo: Promise<void> = Promise.resolve()

/**
 * Fires events: calls the hooks of a registry one after another, in its order. Rejects with a `LimitExceededError` when a
 * hook throws one in a live run, and the hooks after it do not get that event; whatever else a hook does wrong is
 * reported, no more.
 */
export class Emitter {
  readonly #registry: Registry
  readonly #report: Report
  readonly #failures: Failures
  readonly #known = new Map<string, readonly RegisteredHooks[]>()
  #list: readonly RegisteredHooks[] | undefined
  readonly #patience: Patience | undefined
  readonly #liveWaits: LiveWaits | undefined
  readonly #leftOut = new Set<RegisteredHooks>()

  constructor({ registry = globalRegistry, report = reportToStderr, patience, cancelled }: EmitterOptions = {}) {
    this.#registry = registry
    this.#report = report
    this.#failures = new Failures(report)
    this.#patience = patience
    this.#liveWaits = cancelled && new LiveWaits({ cancelled, report })
  }

  /** Fires an event. Freezes `data` at the top level, but for what `onBeforeModelGenerate` may change. */
  emit<N extends HookName>(name: N, data: HookData<N>, meta: EventMeta): Promise<void> {
    if (this.#registry.pending) return this.#loadAndDeliver(name, data, meta)
    const listeners = this.#listeners(name, meta)
    // Most often there is none that is on, and then an event costs next to nothing.
    const first = listeners.findIndex((listener) => this.#isWanted(listener))
    return first === -1 ? nothingToDo : this.#deliver(listeners, first, name, data, meta)
  }

  async #loadAndDeliver<N extends HookName>(name: N, data: HookData<N>, meta: EventMeta): Promise<void> {
    await this.#registry.load(this.#report)
    await this.emit(name, data, meta)
  }

  #isWanted(listener: RegisteredHooks): boolean {
    return !this.#leftOut.has(listener) && isEnabled(listener, this.#failures)
  }

  /** Worked out once for each event, until something is registered. */
  #listeners(name: HookName, { replay }: EventMeta): readonly RegisteredHooks[] {
    const list = this.#registry.list()
    if (list !== this.#list) {
      this.#list = list
      this.#known.clear()
    }
    const key = replay ? `${name} on replay` : name
    let listeners = this.#known.get(key)
    if (!listeners) {
      listeners = list.filter(
        ({ hooks, hooksClass }) => listensTo(hooks, name) && (!replay || hooksClass.replay === true),
      )
      this.#known.set(key, listeners)
    }
    return listeners
  }

  /** Up to the `first` one nobody wants it, and that one does. */
  async #deliver<N extends HookName>(
    listeners: readonly RegisteredHooks[],
    first: number,
    name: N,
    data: HookData<N>,
    meta: EventMeta,
  ): Promise<void> {
    protect(name, data, meta)
    for (const [index, listener] of listeners.entries()) {
      if (index < first || (index > first && !this.#isWanted(listener))) continue
      try {
        // TypeScript cannot see that the data belongs to the method, since both depend on the same N.
        const method = listener.hooks[name] as (data: HookData<N>, meta: EventMeta) => unknown
        const result = method.call(listener.hooks, data, meta)
        if (isPromise(result)) await this.#wait(result, listener, name)
      } catch (error) {
        // In a replay, or in the run of another process, there is no sample to end.
        if (LimitExceededError.is(error) && !meta.replay && meta.host === 'evalspan') throw error
        this.#failures.add(listener.name, name, error)
      }
    }
  }

  #wait(result: PromiseLike<unknown>, listener: RegisteredHooks, name: HookName): PromiseLike<unknown> {
    if (this.#patience) return this.#inTime(result, listener, this.#patience)
    return this.#liveWaits?.for(result, listener.name, name, () => this.#leftOut.add(listener)) ?? result
  }

  async #inTime(result: PromiseLike<unknown>, listener: RegisteredHooks, { ms, signal }: Patience): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const giveUp = (): void => {
      this.#leftOut.add(listener)
      reject(new Error(`it did not come back within ${ms / 1000} s, and gets no more events`))
    }
    const interrupted = (): void => {
      this.#leftOut.add(listener)
      reject(new Error('it had not come back when the command was interrupted'))
    }
    const timer = setTimeout(giveUp, ms)
    signal?.addEventListener('abort', interrupted, { once: true })
    try {
      if (signal?.aborted) interrupted()
      await Promise.race([result, late])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupted)
    }
  }
}
