import { isEnabled, isPromise } from './enabled.ts'
import type { ApiKeyOverride } from './events.ts'
import { Failures } from './failures.ts'
import type { LiveWaits } from './live-waits.ts'
import { globalRegistry, type RegisteredHooks, type Registry } from './registry.ts'
import { reportToStderr, type Report } from './report.ts'

export interface ApiKeyOptions {
  /** The one of the process when left out. */
  readonly registry?: Registry | undefined
  /** Takes what hooks did wrong; standard error when left out. */
  readonly report?: Report | undefined
  /** Those of a run, which does not wait for hooks after it was cancelled. */
  readonly waits?: LiveWaits | undefined
}

/**
 * Asks the hooks, in order, for the API key in an environment variable; the first answer wins. Undefined leaves the key as
 * it is. An answer is a string, which may be empty, or a promise of it: a hook may ask a secret manager. Hooks that are not
 * loaded yet are not asked. What a hook does wrong is reported, and the next one is asked.
 */
export async function resolveApiKey(
  data: ApiKeyOverride,
  { registry = globalRegistry, report = reportToStderr, waits }: ApiKeyOptions = {},
): Promise<string | undefined> {
  const failures = new Failures(report)
  const snapshot = Object.freeze({ ...data })
  for (const registered of registry.list()) {
    if (!overridesApiKey(registered) || !isEnabled(registered, failures)) continue
    try {
      const given: unknown = registered.hooks.overrideApiKey?.(snapshot)
      const isLate = waits && isPromise(given)
      const key = isLate ? await waits.for(given, registered.name, 'overrideApiKey') : await given
      if (typeof key === 'string') return key
      if (key === null || key === undefined) continue
      failures.add(registered.name, 'overrideApiKey', 'it has to return a string, a promise of one, or nothing')
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
