import { isObject } from '../../hooks/is-object.ts'
import type { Json } from '../../inspect/records.ts'

/** Which answers of the cache may be used, as Inspect's `CachePolicy`. */
export interface CachePolicy {
  /** How long an answer is good: `7D`, `1W`, `12h`; null for ever. A week when left out. */
  readonly expiry?: string | null | undefined
  /** Part of the key: answers for other scopes are not used. */
  readonly scopes?: { readonly [name: string]: string } | undefined
  /** Whether each epoch gets answers of its own; it does when left out. */
  readonly perEpoch?: boolean | undefined
}

/** The policy in the settings of a task, in our names or in those of logs. */
export function cacheOf(setting: Json | undefined): boolean | CachePolicy {
  if (!isObject(setting)) return setting === true
  const { per_epoch: perEpoch, ...policy } = setting
  return { ...(perEpoch !== undefined && { perEpoch }), ...policy } as CachePolicy
}
