import { AsyncLocalStorage } from 'node:async_hooks'
import { processWide } from './process-wide.ts'
import type { Registration, Registry } from './registry.ts'

/** Holds while discovery imports a module: whose it is and where its hooks belong. */
export interface RegistrationScope {
  readonly registry: Registry
  /** Left out for a module that belongs to no package. */
  readonly packageName?: string | undefined
  /** All that the module registers. */
  readonly registrations: Registration[]
}

/** Follows the module through its `await`s, and does not reach code that happens to run in between. */
export const registrationScope: AsyncLocalStorage<RegistrationScope> = processWide(
  'registrationScope',
  () => new AsyncLocalStorage(),
)
