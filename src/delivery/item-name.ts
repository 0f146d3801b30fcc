import type { Item } from './item.ts'

/** What people are told an item is. */
export function nameOf({ id, kind, json }: Pick<Item, 'id' | 'kind' | 'json'>): string {
  if (kind === 'mark') return id
  const { name, eventName } = (JSON.parse(json) ?? {}) as { readonly name?: string; readonly eventName?: string }
  return `${name ?? eventName ?? kind} (${id})`
}
