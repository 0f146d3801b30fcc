import type { Failures } from './failures.ts'
import type { RegisteredHooks } from './registry.ts'

/** Whether hooks want to be called now. Those whose `enabled()` fails count as disabled, and the failure is reported. */
export function isEnabled({ name, hooks }: RegisteredHooks, failures: Failures): boolean {
  try {
    const enabled: unknown = hooks.enabled()
    if (!isPromise(enabled)) return Boolean(enabled)
    enabled.then(undefined, () => {})
    failures.add(name, 'enabled', 'it returned a promise, and has to answer at once')
  } catch (error) {
    failures.add(name, 'enabled', error)
  }
  return false
}

/** Anything with a `then`, whoever made it. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
