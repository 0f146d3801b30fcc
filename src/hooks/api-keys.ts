import { isEnabled, isPromise } from './enabled.ts'
import type { ApiKeyOverride } from './events.ts'
import { Failures } from './failures.ts'
import type { EmitterOptions } from './emitter.ts'
import { globalRegistry, type RegisteredHooks, type Registry } from './registry.ts'
import { reportToStderr } from './report.ts'

/**
 * Asks the hooks, in order, for the API key in an environment variable; the first answer wins. Undefined leaves the key as
 * it is. An answer is a string, which may be empty. Hooks that are not loaded yet are not asked.
 */
export function resolveApiKey(
  data: ApiKeyOverride,
  { registry = globalRegistry, report = reportToStderr }: EmitterOptions = {},
): string | undefined {
  const failures = new Failures(report)
  const snapshot = Object.freeze({ ...data })
  for (const registered of registry.list()) {
    if (!overridesApiKey(registered) || !isEnabled(registered, failures)) continue
    try {
      const key: unknown = registered.hooks.overrideApiKey?.(snapshot)
      if (typeof key === 'string') return key
      if (key === null || key === undefined) continue
      if (isPromise(key)) key.then(undefined, () => {})
      failures.add(registered.name, 'overrideApiKey', 'it has to return a string or nothing, and at once')
    } catch (error) {
      failures.add(registered.name, 'overrideApiKey', error)
    }
  }
  return undefined
}

/**
 * Whether any registered hooks, enabled or not, define `overrideApiKey`: then a key that a provider refused is worth asking
 * for again.
 */
export function hasApiKeyOverride(registry: Registry = globalRegistry): boolean {
  return registry.list().some(overridesApiKey)
}

function overridesApiKey({ hooks }: RegisteredHooks): boolean {
  return typeof hooks.overrideApiKey === 'function'
}
