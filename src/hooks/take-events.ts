import type { EventMeta, HookData, HookEvent, HookName, HooksClass } from './hooks.ts'

/** Gives a class of hooks a method for each of these events, all of which lead to one place. */
export function takeEvents(hooksClass: HooksClass, names: readonly HookName[], take: (event: HookEvent) => void): void {
  for (const hook of names) {
    const method = (data: HookData<HookName>, meta: EventMeta): void => take({ hook, data, meta } as HookEvent)
    Object.defineProperty(hooksClass.prototype, hook, { value: method })
  }
}
