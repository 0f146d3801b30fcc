import type { BeforeModelGenerate } from './events.ts'
import type { EventMeta, HookName } from './hooks.ts'

const changeable: readonly string[] = ['input', 'tools', 'config'] satisfies (keyof BeforeModelGenerate)[]

/** Makes the fields of an event read-only, save those of a model call that hooks may change. */
export function protect(name: HookName, data: object, meta: EventMeta): void {
  Object.freeze(meta)
  if (name !== 'onBeforeModelGenerate') {
    Object.freeze(data)
    return
  }
  Object.seal(data)
  for (const field of Object.keys(data)) {
    if (!changeable.includes(field)) Object.defineProperty(data, field, { writable: false })
  }
}
