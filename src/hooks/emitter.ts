import { LimitExceededError } from '../errors.ts'
import { isEnabled, isPromise } from './enabled.ts'
import { Failures } from './failures.ts'
import { listensTo, type EventMeta, type HookData, type HookName } from './hooks.ts'
import { globalRegistry, type RegisteredHooks, type Registry } from './registry.ts'
import { reportToStderr, type Report } from './report.ts'
import { protect } from './snapshot.ts'

export interface EmitterOptions {
  /** The one of the process when left out. */
  readonly registry?: Registry | undefined
  /** Takes what hooks did wrong; standard error when left out. */
  readonly report?: Report | undefined
}

const nothingToDo: Promise<void> = Promise.resolve()

/**
 * Fires events: calls the hooks of a registry one after another, in its order. Rejects with a `LimitExceededError` when a
 * hook throws one, and the hooks after it do not get that event; whatever else a hook does wrong is reported, no more.
 */
export class Emitter {
  readonly #registry: Registry
  readonly #report: Report
  readonly #failures: Failures

  constructor({ registry = globalRegistry, report = reportToStderr }: EmitterOptions = {}) {
    this.#registry = registry
    this.#report = report
    this.#failures = new Failures(report)
  }

  /** Fires an event. Freezes `data` at the top level, but for what `onBeforeModelGenerate` may change. */
  emit<N extends HookName>(name: N, data: HookData<N>, meta: EventMeta): Promise<void> {
    if (this.#registry.pending) return this.#loadAndDeliver(name, data, meta)
    const listeners = this.#listeners(name, meta)
    return listeners.length === 0 ? nothingToDo : this.#deliver(listeners, name, data, meta)
  }

  async #loadAndDeliver<N extends HookName>(name: N, data: HookData<N>, meta: EventMeta): Promise<void> {
    await this.#registry.load(this.#report)
    await this.#deliver(this.#listeners(name, meta), name, data, meta)
  }

  #listeners(name: HookName, meta: EventMeta): readonly RegisteredHooks[] {
    return this.#registry
      .list()
      .filter(({ hooks, hooksClass }) => listensTo(hooks, name) && (!meta.replay || hooksClass.replay === true))
  }

  async #deliver<N extends HookName>(
    listeners: readonly RegisteredHooks[],
    name: N,
    data: HookData<N>,
    meta: EventMeta,
  ): Promise<void> {
    if (listeners.length > 0) protect(name, data, meta)
    for (const listener of listeners) {
      if (!isEnabled(listener, this.#failures)) continue
      try {
        // TypeScript cannot see that the data belongs to the method, since both depend on the same N.
        const method = listener.hooks[name] as (data: HookData<N>, meta: EventMeta) => unknown
        const result = method.call(listener.hooks, data, meta)
        if (isPromise(result)) await result
      } catch (error) {
        if (LimitExceededError.is(error)) throw error
        this.#failures.add(listener.name, name, error)
      }
    }
  }
}
